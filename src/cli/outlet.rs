//! The way out for webhooks: what `serve` asks of others goes through the one
//! door to the network, within narrower limits than sources have.

use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt as _};
use url::Url;

use super::house;
use super::output::Failure;
use crate::config::Config;
use crate::gather::web::{Answer, Request, Web, WebOptions};
use crate::model::source::Validators;
use crate::serve::Outlet;

/// A certificate, or a short answer.
const BODY_BYTES_MAX: usize = 64 * 1024;
/// A webhook's sender waits for it: Amazon hangs up after 15 seconds.
const WITHIN: Duration = Duration::from_secs(10);

/// [`Web`] as an [`Outlet`].
pub struct WayOut(Web);

impl WayOut {
    /// Opens it.
    pub fn open(config: &Config) -> Result<Self, Failure> {
        let options = WebOptions {
            body_bytes_max: BODY_BYTES_MAX,
            wire_bytes_max: BODY_BYTES_MAX,
            redirects_max: 0,
            header_timeout: WITHIN,
            total_timeout: WITHIN,
            pause: Duration::ZERO,
            ..house::web_options(config)?
        };
        Web::new(options).map(Self).map_err(Failure::work)
    }
}

impl Outlet for WayOut {
    fn fetch<'a>(&'a self, url: &'a Url) -> BoxFuture<'a, Result<Vec<u8>, String>> {
        let request = Request {
            url: url.clone(),
            validators: Validators::default(),
            headers: Vec::new(),
        };
        async move {
            match self.0.fetch(&request).await {
                Answer::Body { bytes, .. } => Ok(bytes),
                Answer::BrokeOff { why, .. } | Answer::Failed { why, .. } => Err(why),
                Answer::TooEarly { status, .. } => Err(format!("answered {status}")),
                Answer::Gone | Answer::NotModified { .. } => Err("answered nothing".to_owned()),
            }
        }
        .boxed()
    }
}
