//! Whom a connection trusts: the system's certificates, or the operator's own.

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};

use super::destination::{Place, SmtpServer};
use super::reply;

/// Which certificates the server may show.
///
/// # Errors
/// A file of certificates that cannot be used, by its name.
pub(super) fn tls_parameters(server: &SmtpServer) -> Result<TlsParameters, String> {
    let host = match &server.place {
        Place::Host { host, .. } => host.clone(),
        Place::Socket(_) => "localhost".to_owned(),
    };
    let mut builder = TlsParameters::builder(host);
    if let Some(path) = &server.trusted {
        let wrong = |why: String| format!("{}: {why}", path.display());
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| wrong(innermost(&error)))?;
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(certificate);
    }
    builder.build().map_err(|error| innermost(&error))
}

/// The innermost reason says most: `invalid peer certificate: UnknownIssuer`.
pub(super) fn innermost(error: &lettre::transport::smtp::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    reply::presentable(&innermost.to_string())
}
