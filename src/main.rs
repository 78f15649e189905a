//! The program. See `lib.rs` for the road and `cli` for what it can be told.

use std::process::ExitCode;

fn main() -> ExitCode {
    jarshy::cli::main(std::env::args_os())
}
