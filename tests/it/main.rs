//! The integration program. `journey.rs` is the test to read first.

mod architecture;
mod bounces;
mod browser;
mod correct;
mod crash;
mod discovery;
mod dns;
mod doctor;
mod full_disk;
mod journey;
mod lists;
mod manners;
mod newsroom;
mod operator;
mod postgres;
mod reader;
mod relay;
mod reread;
mod search;
mod signed;
mod site;
mod websub;
mod world;
