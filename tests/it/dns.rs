//! A name server that says what the test publishes, and nothing else exists.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex};

/// Published records: by name and type, as the bytes of their data.
type Zone = Arc<Mutex<HashMap<(String, u16), Vec<Vec<u8>>>>>;

/// What comes after the question and its name's root: type and class.
const QUESTION_END_BYTES: usize = 4;
const HEADER_BYTES: usize = 12;

pub struct DnsServer {
    pub address: SocketAddr,
    zone: Zone,
}

impl DnsServer {
    pub fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("port");
        let address = socket.local_addr().expect("address");
        let zone = Zone::default();
        let known = Arc::clone(&zone);
        std::thread::spawn(move || {
            let mut bytes = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut bytes) {
                let answer = answer(&bytes[..length], &known.lock().expect("zone"));
                // Whoever asked may have gone.
                socket.send_to(&answer, from).ok();
            }
        });
        Self { address, zone }
    }

    /// Adds records, one a line: `name TYPE value`, TXT without quotes.
    pub fn publish(&self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let mut words = line.splitn(3, ' ');
            let (name, kind, value) = (
                words.next().expect("name"),
                words.next().expect("type"),
                words.next().expect("value"),
            );
            let (kind, data) = data(kind, value);
            self.zone
                .lock()
                .expect("zone")
                .entry((name.to_ascii_lowercase(), kind))
                .or_default()
                .push(data);
        }
    }

    /// Takes every record of a name away.
    pub fn withdraw(&self, name: &str) {
        self.zone
            .lock()
            .expect("zone")
            .retain(|(known, _), _| known != name);
    }
}

fn data(kind: &str, value: &str) -> (u16, Vec<u8>) {
    match kind {
        "A" | "AAAA" => match value.parse().expect("address") {
            IpAddr::V4(address) => (1, address.octets().to_vec()),
            IpAddr::V6(address) => (28, address.octets().to_vec()),
        },
        "PTR" => (12, wire_name(value)),
        "MX" => {
            let (preference, host) = value.split_once(' ').expect("preference and host");
            let preference: u16 = preference.parse().expect("number");
            let mut bytes = preference.to_be_bytes().to_vec();
            bytes.extend(wire_name(host));
            (15, bytes)
        }
        "TXT" => {
            let mut bytes = Vec::new();
            for piece in value.as_bytes().chunks(255) {
                bytes.push(u8::try_from(piece.len()).expect("short"));
                bytes.extend_from_slice(piece);
            }
            (16, bytes)
        }
        other => panic!("{other}"),
    }
}

fn wire_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).expect("short"));
        bytes.extend_from_slice(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn answer(question: &[u8], zone: &HashMap<(String, u16), Vec<Vec<u8>>>) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = HEADER_BYTES;
    while question[at] != 0 {
        let end = at + 1 + usize::from(question[at]);
        labels.push(String::from_utf8_lossy(&question[at + 1..end]).to_lowercase());
        at = end;
    }
    let kind = u16::from_be_bytes([question[at + 1], question[at + 2]]);
    let name = labels.join(".");
    let records = zone.get(&(name.clone(), kind)).cloned().unwrap_or_default();
    let exists = zone.keys().any(|(known, _)| *known == name);
    let mut bytes = question[..=at + QUESTION_END_BYTES].to_vec();
    // An answer, recursion available; no such name where there is none.
    bytes[2] = 0x81;
    bytes[3] = if exists { 0x80 } else { 0x83 };
    bytes[7] = u8::try_from(records.len()).expect("few");
    // Without the OPT record of the question.
    bytes[11] = 0;
    for record in records {
        bytes.extend_from_slice(&[0xC0, 12]);
        bytes.extend_from_slice(&kind.to_be_bytes());
        bytes.extend_from_slice(&[0, 1, 0, 0, 0, 60]);
        let length = u16::try_from(record.len()).expect("short");
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(&record);
    }
    bytes
}
