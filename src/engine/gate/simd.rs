//! The sweep's classifiers in vector instructions: bytes in, bitmaps out, 64 at
//! a step. What bitmaps mean and what is done with them is said in `mod.rs`, the same
//! for these and for the table of `portable.rs`, which is their twin in tests.
//!
//! Vector instructions are `unsafe`; besides this file only one call of libgit2 is.
#![allow(unsafe_code)]

use super::{Gate, GateScratch, Kind, Swept};

/// Sweeps with AVX-512, if the machine has it.
#[inline]
pub(super) fn sweep_avx512(
    gate: &Gate,
    bytes: &[u8],
    scratch: &mut GateScratch,
    found: &mut impl FnMut(usize, Kind),
) -> Option<Swept> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("gfni")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
        && is_x86_feature_detected!("lzcnt")
    {
        // SAFETY: the processor has just been asked for these features.
        return Some(unsafe { avx512::sweep(gate, bytes, scratch, found) });
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (gate, bytes, scratch, found);
    None
}

/// Sweeps with AVX2, if the machine has it.
#[inline]
pub(super) fn sweep_avx2(
    gate: &Gate,
    bytes: &[u8],
    scratch: &mut GateScratch,
    found: &mut impl FnMut(usize, Kind),
) -> Option<Swept> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("popcnt")
    {
        // SAFETY: the processor has just been asked for these features.
        return Some(unsafe { avx2::sweep(gate, bytes, scratch, found) });
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (gate, bytes, scratch, found);
    None
}

#[cfg(target_arch = "x86_64")]
mod avx512 {
    //! 64 bytes a step. A byte below 128 is its own index into a table of 128
    //! classes. The bytes of texts are looked up by a code of six bits: that
    //! takes half the instructions, and the few more places it lets through
    //! cost less.
    use crate::engine::buckets::{ANYWHERE, POSITIONS, SETS};
    use crate::engine::gate::lanes::{Lanes, List};
    use crate::engine::gate::planes::{Masks, Planes};
    use crate::engine::gate::portable::CLASSES;
    use crate::engine::gate::{
        BLOCK, Blocks, Classify, GROUP, Gate, GateScratch, Kind, LEAD, Swept, sweep_with,
    };
    use std::arch::x86_64::*;

    /// `buckets::code` for the instruction that multiplies a byte by a matrix of
    /// bits: the topmost row makes the lowest bit.
    const CODE: i64 = i64::from_le_bytes([0, 0, 64, 16, 8, 4, 2, 1]);

    /// # Safety
    /// The processor must have AVX-512 F, BW, VBMI and VBMI2, GFNI, BMI1, BMI2,
    /// POPCNT and LZCNT.
    #[target_feature(
        enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,popcnt,lzcnt"
    )]
    pub(super) unsafe fn sweep(
        gate: &Gate,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        // By name, not in loops: what has an index stays in memory, and these
        // are to stay in registers.
        macro_rules! load {
            ($from:expr) => {{
                let from: &[u8; 64] = $from;
                // SAFETY: reads the 64 bytes of the array; any alignment will do.
                unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
            }};
        }
        let tables = gate.tables.six_bits();
        macro_rules! set {
            ($at:expr) => {{
                let [a, b, c, d] = &tables.texts[$at];
                [load!(a), load!(b), load!(c), load!(d)]
            }};
        }
        let half = |from: usize| CLASSES[from..].first_chunk().unwrap_or(&[0; 64]);
        let mut classify = Avx512 {
            classes: [load!(half(0)), load!(half(64))],
            buckets: [set!(0), set!(1), set!(2), set!(3)],
            heads: [load!(&tables.heads[0]), load!(&tables.heads[1])],
            least: _mm512_set1_epi8(-1),
            has_texts: gate.has_texts,
        };
        sweep_with::<Eight, _>(gate, bytes, scratch, &mut classify, found)
    }

    struct Avx512 {
        classes: [__m512i; 2],
        buckets: [[__m512i; POSITIONS]; SETS],
        heads: [__m512i; 2],
        /// The least of all bytes, lane by lane.
        least: __m512i,
        has_texts: bool,
    }

    /// The buckets of a set that all four bytes have in common. A macro:
    /// intrinsics do not inline into a function without their features.
    macro_rules! fits {
        ($set:expr, $four:expr) => {{
            let ([a, b, c, d], [p, q, r, s]) = ($set, $four);
            let first =
                _mm512_and_si512(_mm512_permutexvar_epi8(p, a), _mm512_permutexvar_epi8(q, b));
            let last =
                _mm512_and_si512(_mm512_permutexvar_epi8(r, c), _mm512_permutexvar_epi8(s, d));
            _mm512_and_si512(first, last)
        }};
    }

    impl Classify for Avx512 {
        #[inline(always)]
        fn block(&mut self, bytes: &[u8; LEAD + BLOCK]) -> Masks {
            let mut masks = Masks::NONE;
            // SAFETY: an Avx512 is made only inside `sweep`, whose caller
            // vouches for the features; each load is of 64 bytes that begin at
            // one of the first four of 67.
            unsafe {
                let from = |at: usize| _mm512_loadu_si512(bytes.as_ptr().add(at).cast());
                let block = from(LEAD);
                self.least = _mm512_min_epu8(self.least, block);
                let ascii = !_mm512_movepi8_mask(block);
                let [low, high] = self.classes;
                let mut class = _mm512_maskz_permutex2var_epi8(ascii, low, block, high);
                for mask in &mut masks.class {
                    *mask = _mm512_movepi8_mask(class);
                    class = _mm512_add_epi8(class, class);
                }
                let code = _mm512_set1_epi64(CODE);
                let four = [from(0), from(1), from(2), block];
                // The instruction looks at the low six bits alone.
                masks.head = _mm512_test_epi8_mask(
                    _mm512_permutexvar_epi8(four[0], self.heads[0]),
                    _mm512_permutexvar_epi8(four[1], self.heads[1]),
                );
                let four = [
                    _mm512_gf2p8affine_epi64_epi8::<0>(four[0], code),
                    _mm512_gf2p8affine_epi64_epi8::<0>(four[1], code),
                    _mm512_gf2p8affine_epi64_epi8::<0>(four[2], code),
                    _mm512_gf2p8affine_epi64_epi8::<0>(four[3], code),
                ];
                if self.has_texts {
                    const { assert!(ANYWHERE == 2 && SETS == 4) };
                    let [first, second, third, fourth] = self.buckets;
                    let fits = _mm512_or_si512(fits!(first, four), fits!(second, four));
                    masks.text = _mm512_test_epi8_mask(fits, fits);
                    let fits = _mm512_or_si512(fits!(third, four), fits!(fourth, four));
                    masks.word_text = _mm512_test_epi8_mask(fits, fits);
                }
            }
            masks
        }

        /// A function of its own, because all registers are taken: by what is
        /// looked up, which they lose wherever something is called.
        #[inline(never)]
        fn blocks(&mut self, blocks: Blocks, planes: &mut Planes) {
            // SAFETY: as above.
            unsafe { self.whole_blocks(blocks, planes) }
        }

        fn nul(&self) -> bool {
            // SAFETY: as above; no memory is touched.
            unsafe { _mm512_testn_epi8_mask(self.least, self.least) != 0 }
        }
    }

    impl Avx512 {
        /// # Safety
        /// The processor must have the features of `sweep`.
        #[target_feature(
            enable = "avx512f,avx512bw,avx512vbmi,avx512vbmi2,gfni,bmi1,bmi2,popcnt,lzcnt"
        )]
        unsafe fn whole_blocks(&mut self, mut blocks: Blocks, planes: &mut Planes) {
            // A copy, which nobody else can see, need not be in memory.
            let mut own = Avx512 { ..*self };
            while let Some((at, bytes)) = blocks.next() {
                planes.set(at, own.block(bytes));
            }
            self.least = own.least;
        }
    }

    /// The places in a block.
    #[allow(clippy::cast_possible_truncation)]
    static PLACES: [u8; BLOCK] = {
        let mut places = [0; BLOCK];
        let mut at = 0;
        while at < BLOCK {
            places[at] = at as u8;
            at += 1;
        }
        places
    };

    /// Bitmaps of eight blocks.
    #[derive(Clone, Copy)]
    struct Eight(__m512i);

    /// A function of a trait cannot name features; all of these are inlined
    /// into one that does.
    macro_rules! vector {
        ($($call:tt)*) => {
            // SAFETY: a value of this type is made only inside `sweep`, whose
            // caller vouches for the features; no memory is touched.
            Eight(unsafe { $($call)* })
        };
    }

    impl Lanes for Eight {
        const COUNT: usize = 8;

        #[inline(always)]
        fn load(plane: &[u64], at: usize) -> Self {
            let from: &[u64; 8] = plane[at..].first_chunk().unwrap_or(&[0; 8]);
            // SAFETY: reads the array; any alignment will do.
            Eight(unsafe { _mm512_loadu_si512(from.as_ptr().cast()) })
        }

        #[inline(always)]
        fn store(self, plane: &mut [u64], at: usize) {
            let to: &mut [u64] = &mut plane[at..at + 8];
            // SAFETY: writes as many bytes as `to` has; any alignment will do.
            unsafe { _mm512_storeu_si512(to.as_mut_ptr().cast(), self.0) }
        }

        #[inline(always)]
        fn none() -> Self {
            vector!(_mm512_setzero_si512())
        }

        #[inline(always)]
        fn and(self, other: Self) -> Self {
            vector!(_mm512_and_si512(self.0, other.0))
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            vector!(_mm512_or_si512(self.0, other.0))
        }

        #[inline(always)]
        fn without(self, other: Self) -> Self {
            vector!(_mm512_andnot_si512(other.0, self.0))
        }

        #[inline(always)]
        fn shl(self, by: u8) -> Self {
            vector!(_mm512_sll_epi64(self.0, _mm_cvtsi32_si128(by.into())))
        }

        #[inline(always)]
        fn shr(self, by: u8) -> Self {
            vector!(_mm512_srl_epi64(self.0, _mm_cvtsi32_si128(by.into())))
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            vector!(_mm512_add_epi64(self.0, other.0))
        }

        #[inline(always)]
        fn less(self, other: Self) -> Self {
            vector!(_mm512_maskz_set1_epi64(
                _mm512_cmplt_epu64_mask(self.0, other.0),
                1
            ))
        }

        #[inline(always)]
        fn where_any(self, other: Self) -> Self {
            vector!(_mm512_maskz_mov_epi64(
                _mm512_test_epi64_mask(other.0, other.0),
                self.0
            ))
        }

        /// One instruction puts the places of a block side by side; blocks without
        /// any are left out, eight at a time.
        #[inline(always)]
        #[allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
        fn spread<const AT_ONCE: usize>(bitmaps: &[u64], list: &mut List) -> usize {
            const HALF: usize = BLOCK / 2;
            const { assert!(GROUP <= 64, "a bit for each block") };
            assert!(bitmaps.len().is_multiple_of(Self::COUNT));
            let mut some = 0;
            for at in (0..bitmaps.len()).step_by(Self::COUNT) {
                let eight = Self::load(bitmaps, at).0;
                // SAFETY: as above; no memory is touched.
                let any = unsafe { _mm512_test_epi64_mask(eight, eight) };
                some |= u64::from(any) << at;
            }
            let mut len = 0;
            while some != 0 {
                let block = some.trailing_zeros() as usize;
                some &= some - 1;
                let to = list[len..].first_chunk_mut::<BLOCK>();
                let (Some(to), Some(&bitmap)) = (to, bitmaps.get(block)) else {
                    break;
                };
                let count = bitmap.count_ones() as usize;
                // SAFETY: reads the 64 bytes of `PLACES`, and writes twice 32 of
                // the 64 places of `to`, two bytes each; any alignment will do. For
                // the features as above.
                unsafe {
                    let all = _mm512_loadu_si512(PLACES.as_ptr().cast());
                    let set = _mm512_maskz_compress_epi8(bitmap, all);
                    let base = _mm512_set1_epi16((block * BLOCK) as i16);
                    let half = |half| _mm512_add_epi16(_mm512_cvtepu8_epi16(half), base);
                    let to: *mut u16 = to.as_mut_ptr();
                    _mm512_storeu_si512(to.cast(), half(_mm512_castsi512_si256(set)));
                    if count > HALF {
                        let last = half(_mm512_extracti64x4_epi64::<1>(set));
                        _mm512_storeu_si512(to.add(HALF).cast(), last);
                    }
                }
                len += count;
            }
            len
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    //! 32 bytes a step. A byte's class comes from two 16-entry tables, by its
    //! low and its high nibble, ANDed (the classes of interest are unions of
    //! such products); texts are found in nearly the same way, four bytes in a row.
    use crate::engine::buckets::{ANYWHERE, POSITIONS, SETS};
    use crate::engine::gate::lanes::Lanes;
    use crate::engine::gate::planes::Masks;
    use crate::engine::gate::{BLOCK, Classify, Gate, GateScratch, Kind, LEAD, Swept, sweep_with};
    use std::arch::x86_64::*;

    /// Products of nibble sets whose unions are the classes:
    /// 0: A-O a-o, 1: P-Z p-z, 2: 0-9, 3: `_`, 4: `-`, 5: `+` `/`, 6: `\`, 7: `%`.
    const LOW: [u8; 16] = {
        let mut table = [0u8; 16];
        let mut n = 0;
        while n < 16 {
            let mut bits = 0;
            if n >= 1 {
                bits |= 1;
            }
            if n <= 10 {
                bits |= 1 << 1;
            }
            if n <= 9 {
                bits |= 1 << 2;
            }
            if n == 15 {
                bits |= 1 << 3 | 1 << 5;
            }
            if n == 13 {
                bits |= 1 << 4;
            }
            if n == 11 {
                bits |= 1 << 5;
            }
            if n == 12 {
                bits |= 1 << 6;
            }
            if n == 5 {
                bits |= 1 << 7;
            }
            table[n] = bits;
            n += 1;
        }
        table
    };
    const HIGH: [u8; 16] = {
        let mut table = [0u8; 16];
        table[2] = 1 << 4 | 1 << 5 | 1 << 7;
        table[3] = 1 << 2;
        table[4] = 1;
        table[5] = 1 << 1 | 1 << 3 | 1 << 6;
        table[6] = 1;
        table[7] = 1 << 1;
        table
    };
    const WORD: i8 = 0b0001_1111;
    /// The second and, but for letters, the third bit of `CLASSES`.
    const FIRST: i8 = 0b0011_1100;
    const SECOND: i8 = 0b1101_1000_u8 as i8;
    const LETTER: i8 = 0b0000_0011;

    /// # Safety
    /// The processor must have AVX2, BMI1, BMI2 and POPCNT.
    #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
    pub(super) unsafe fn sweep(
        gate: &Gate,
        bytes: &[u8],
        scratch: &mut GateScratch,
        found: &mut impl FnMut(usize, Kind),
    ) -> Swept {
        let table = |bytes: &[u8; 16]| {
            // SAFETY: reads the 16 bytes of the array; any alignment will do.
            let half = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
            _mm256_broadcastsi128_si256(half)
        };
        let tables = gate.tables.nibbles();
        // The low bits of the four bytes, and the tops of both pairs.
        macro_rules! set {
            ($at:expr) => {{
                let ([a, b, c, d], [first, last]) = (&tables.low[$at], &tables.tops[$at]);
                [
                    table(a),
                    table(b),
                    table(c),
                    table(d),
                    table(first),
                    table(last),
                ]
            }};
        }
        let heads = &tables.heads;
        let mut classify = Avx2 {
            low: table(&LOW),
            high: table(&HIGH),
            texts: [set!(0), set!(1), set!(2), set!(3)],
            heads: [
                table(&heads.low[0]),
                table(&heads.low[1]),
                table(&heads.low[2]),
                table(&heads.tops),
            ],
            least: _mm256_set1_epi8(-1),
            has_texts: gate.has_texts,
        };
        sweep_with::<Four, _>(gate, bytes, scratch, &mut classify, found)
    }

    struct Avx2 {
        low: __m256i,
        high: __m256i,
        texts: [[__m256i; POSITIONS + 2]; SETS],
        heads: [__m256i; 4],
        /// The least of all bytes, lane by lane.
        least: __m256i,
        has_texts: bool,
    }

    impl Classify for Avx2 {
        #[inline(always)]
        fn block(&mut self, bytes: &[u8; LEAD + BLOCK]) -> Masks {
            // SAFETY: an Avx2 is made only inside `sweep`, whose caller vouches
            // for the features; each half reads 35 of the 67 bytes.
            unsafe {
                let a = self.half(bytes.as_ptr());
                let b = self.half(bytes.as_ptr().add(BLOCK / 2));
                Masks {
                    class: [
                        join(a.word, b.word),
                        join(a.first, b.first),
                        join(a.second, b.second),
                    ],
                    text: join(a.text, b.text),
                    word_text: join(a.word_text, b.word_text),
                    head: join(a.head, b.head),
                }
            }
        }

        fn nul(&self) -> bool {
            // SAFETY: as above; no memory is touched.
            unsafe {
                let nul = _mm256_cmpeq_epi8(self.least, _mm256_setzero_si256());
                _mm256_movemask_epi8(nul) != 0
            }
        }
    }

    /// `buckets::tops_of` two vectors of bytes.
    macro_rules! tops {
        ($first:expr, $second:expr) => {
            _mm256_or_si256(
                _mm256_and_si256(_mm256_srli_epi16($first, 4), _mm256_set1_epi8(0b0101)),
                _mm256_and_si256(_mm256_srli_epi16($second, 3), _mm256_set1_epi8(0b1010)),
            )
        };
    }

    #[derive(Default)]
    struct Half {
        word: u32,
        first: u32,
        second: u32,
        text: u32,
        word_text: u32,
        head: u32,
    }

    impl Avx2 {
        /// The bitmaps of 32 bytes, which stand behind three others.
        ///
        /// # Safety
        /// The processor must have AVX2, and 35 bytes must be readable.
        #[inline(always)]
        unsafe fn half(&mut self, from: *const u8) -> Half {
            let mut half = Half::default();
            // SAFETY: the caller vouches for AVX2; each load is of 32 bytes
            // that begin at one of the first four of 35.
            unsafe {
                let load = |at: usize| _mm256_loadu_si256(from.add(at).cast());
                let bytes = load(LEAD);
                self.least = _mm256_min_epu8(self.least, bytes);
                let nibble = _mm256_set1_epi8(15);
                let low = _mm256_and_si256(bytes, nibble);
                let high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble);
                let class = _mm256_and_si256(
                    _mm256_shuffle_epi8(self.low, low),
                    _mm256_shuffle_epi8(self.high, high),
                );
                half.word = any(class, WORD);
                half.first = any(class, FIRST);
                // Lower-case letters have bit 5, which moves to the top.
                let bit5 = _mm256_movemask_epi8(_mm256_slli_epi16(bytes, 2)).cast_unsigned();
                half.second = any(class, SECOND) | any(class, LETTER) & !bit5;
                let (a, b, c) = (load(0), load(1), load(2));
                let (first, last) = (tops!(a, b), tops!(c, bytes));
                let a = _mm256_and_si256(a, nibble);
                let b = _mm256_and_si256(b, nibble);
                let c = _mm256_and_si256(c, nibble);
                let heads = _mm256_and_si256(
                    _mm256_and_si256(
                        _mm256_shuffle_epi8(self.heads[0], a),
                        _mm256_shuffle_epi8(self.heads[1], b),
                    ),
                    _mm256_and_si256(
                        _mm256_shuffle_epi8(self.heads[2], c),
                        _mm256_shuffle_epi8(self.heads[3], first),
                    ),
                );
                half.head = any(heads, -1);
                if self.has_texts {
                    // By name, not in a loop, which would ask at every turn
                    // which bitmap it works on.
                    macro_rules! fit {
                        ($set:expr) => {{
                            let set = &self.texts[$set];
                            let low = _mm256_and_si256(
                                _mm256_and_si256(
                                    _mm256_shuffle_epi8(set[0], a),
                                    _mm256_shuffle_epi8(set[1], b),
                                ),
                                _mm256_and_si256(
                                    _mm256_shuffle_epi8(set[2], c),
                                    _mm256_shuffle_epi8(set[3], low),
                                ),
                            );
                            let tops = _mm256_and_si256(
                                _mm256_shuffle_epi8(set[4], first),
                                _mm256_shuffle_epi8(set[5], last),
                            );
                            _mm256_and_si256(low, tops)
                        }};
                    }
                    const { assert!(ANYWHERE == 2 && SETS == 4) };
                    half.text = any(_mm256_or_si256(fit!(0), fit!(1)), -1);
                    half.word_text = any(_mm256_or_si256(fit!(2), fit!(3)), -1);
                }
            }
            half
        }
    }

    /// A bit for each byte of `class` that shares a bit with `mask`.
    ///
    /// # Safety
    /// The processor must have AVX2.
    #[inline(always)]
    unsafe fn any(class: __m256i, mask: i8) -> u32 {
        // SAFETY: the caller vouches for AVX2; no memory is touched.
        unsafe {
            let none = _mm256_cmpeq_epi8(
                _mm256_and_si256(class, _mm256_set1_epi8(mask)),
                _mm256_setzero_si256(),
            );
            !(_mm256_movemask_epi8(none).cast_unsigned())
        }
    }

    #[inline(always)]
    fn join(low: u32, high: u32) -> u64 {
        u64::from(low) | u64::from(high) << 32
    }

    /// Bitmaps of four blocks.
    #[derive(Clone, Copy)]
    struct Four(__m256i);

    /// A function of a trait cannot name features; all of these are inlined
    /// into one that does.
    macro_rules! vector {
        ($($call:tt)*) => {
            // SAFETY: a value of this type is made only inside `sweep`, whose
            // caller vouches for the features; no memory is touched.
            Four(unsafe { $($call)* })
        };
    }

    impl Lanes for Four {
        const COUNT: usize = 4;

        #[inline(always)]
        fn load(plane: &[u64], at: usize) -> Self {
            let from: &[u64; 4] = plane[at..].first_chunk().unwrap_or(&[0; 4]);
            // SAFETY: reads the array; any alignment will do.
            Four(unsafe { _mm256_loadu_si256(from.as_ptr().cast()) })
        }

        #[inline(always)]
        fn store(self, plane: &mut [u64], at: usize) {
            let to: &mut [u64] = &mut plane[at..at + 4];
            // SAFETY: writes as many bytes as `to` has; any alignment will do.
            unsafe { _mm256_storeu_si256(to.as_mut_ptr().cast(), self.0) }
        }

        #[inline(always)]
        fn none() -> Self {
            vector!(_mm256_setzero_si256())
        }

        #[inline(always)]
        fn and(self, other: Self) -> Self {
            vector!(_mm256_and_si256(self.0, other.0))
        }

        #[inline(always)]
        fn or(self, other: Self) -> Self {
            vector!(_mm256_or_si256(self.0, other.0))
        }

        #[inline(always)]
        fn without(self, other: Self) -> Self {
            vector!(_mm256_andnot_si256(other.0, self.0))
        }

        #[inline(always)]
        fn shl(self, by: u8) -> Self {
            vector!(_mm256_sll_epi64(self.0, _mm_cvtsi32_si128(by.into())))
        }

        #[inline(always)]
        fn shr(self, by: u8) -> Self {
            vector!(_mm256_srl_epi64(self.0, _mm_cvtsi32_si128(by.into())))
        }

        #[inline(always)]
        fn plus(self, other: Self) -> Self {
            vector!(_mm256_add_epi64(self.0, other.0))
        }

        #[inline(always)]
        fn less(self, other: Self) -> Self {
            vector!(less(self.0, other.0))
        }

        #[inline(always)]
        fn where_any(self, other: Self) -> Self {
            vector!(_mm256_andnot_si256(
                _mm256_cmpeq_epi64(other.0, _mm256_setzero_si256()),
                self.0
            ))
        }
    }

    /// There is only a comparison of signed numbers, which a turned sign bit
    /// makes one of unsigned ones.
    ///
    /// # Safety
    /// The processor must have AVX2.
    #[inline(always)]
    unsafe fn less(a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: the caller vouches for AVX2; no memory is touched.
        unsafe {
            let sign = _mm256_set1_epi64x(i64::MIN);
            let less = _mm256_cmpgt_epi64(_mm256_xor_si256(b, sign), _mm256_xor_si256(a, sign));
            _mm256_srli_epi64(less, 63)
        }
    }
}
