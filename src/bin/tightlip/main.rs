//! The command line of tightlip.

fn main() {}
