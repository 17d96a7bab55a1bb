//! Days of the calendar, in UTC: when an accepted finding counts again, when a
//! token expires. Reads no clock.

use std::fmt;

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(i64);

impl Day {
    /// The year, which is negative before the year 0.
    pub fn year(self) -> i64 {
        self.parts().0
    }

    /// The day that holds this time, seconds since 1970.
    pub fn of(seconds: i64) -> Self {
        Day(seconds.div_euclid(86_400))
    }

    /// Reads `2027-01-31`; `None` for what is no day of the calendar.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut number = |digits: usize| {
            let part = parts.next()?;
            let all_digits = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
            all_digits.then(|| part.parse::<i64>().ok())?
        };
        let (year, month, day) = (number(4)?, number(2)?, number(2)?);
        if parts.next().is_some() || !(1..=12).contains(&month) || day < 1 {
            return None;
        }
        // Years that begin in March, so that the leap day is a year's last.
        let (y, m) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let days_before =
            |y: i64| 365 * y + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
        let of_year = (153 * m + 2) / 5 + day - 1;
        let found = Day(days_before(y) + of_year - 719_468);
        // A day that its month does not have comes back as another one.
        (found.to_string() == text).then_some(found)
    }

    /// Year, month and day.
    fn parts(self) -> (i64, i64, i64) {
        // The civil calendar from a day count, again with years that begin in
        // March. No time of 64 bits overflows: these are days, not seconds.
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let m = (5 * of_year + 2) / 153;
        let day = of_year - (153 * m + 2) / 5 + 1;
        let month = if m < 10 { m + 3 } else { m - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, day)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_day_reads_back() {
        for days in (-30_000..60_000).step_by(7) {
            let day = Day(days);
            assert_eq!(Day::parse(&day.to_string()), Some(day));
        }
        assert_eq!(Day::parse("1970-01-01"), Some(Day::of(0)));
        assert_eq!(Day::parse("2000-02-29"), Some(Day::of(951_782_400)));
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2027-02-29",
            "2027-13-01",
            "2027-00-10",
            "27-01-01",
            "2027-1-1",
            "soon",
            "",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
