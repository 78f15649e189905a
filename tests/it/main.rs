//! The integration program. `journey.rs` is the test to read first.

mod architecture;
mod bounces;
mod crash;
mod journey;
mod lists;
mod operator;
mod postgres;
mod relay;
mod site;
mod world;
