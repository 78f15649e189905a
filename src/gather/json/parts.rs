//! Authors and pictures of an entry: a text, an object that holds it, or a list.

use serde_json::Value;
use url::Url;

use crate::gather::page::opening::{self, address};
use crate::model::draft::{Enclosure, Person};

use super::one_line;
use super::path::text_at;

/// Where entries usually keep their authors.
pub const AUTHORS: &[&str] = &[
    "author",
    "authors",
    "author_name",
    "creator",
    "byline",
    "_embedded.author",
];
/// Where entries usually keep their picture.
pub const IMAGES: &[&str] = &[
    "image",
    "image_url",
    "images",
    "main_image",
    "featured_image",
    "featured_image_url",
    "jetpack_featured_media_url",
    "cover",
    "cover_image",
    "cover_url",
    "photo",
    "picture",
    "preview_image",
    "preview",
    "thumbnail",
    "_embedded.wp:featuredmedia",
    "yoast_head_json.og_image",
];
/// What an object calls an author's name.
const NAMES: [&str; 5] = ["name", "full_name", "fullName", "display_name", "title"];
/// What an object calls a picture's address, the largest first.
const ADDRESSES: [&str; 8] = [
    "url",
    "src",
    "source_url",
    "original",
    "large",
    "path",
    "href",
    "medium",
];
/// The most authors of one entry.
const AUTHORS_MAX: usize = 10;
/// A longer name is none.
const NAME_CHARS_MAX: usize = 100;

/// The authors `value` tells; numbers that stand for them are none.
pub fn people(value: &Value) -> Vec<Person> {
    let each = value
        .as_array()
        .map_or(std::slice::from_ref(value), |all| all);
    let names = each.iter().take(AUTHORS_MAX).filter_map(|one| {
        let told = match one {
            Value::String(name) => name.clone(),
            Value::Object(_) => NAMES.iter().find_map(|name| text_at(one, name))?,
            _ => return None,
        };
        let is_name = |name: &String| {
            name.chars().any(char::is_alphabetic) && name.chars().count() <= NAME_CHARS_MAX
        };
        one_line(&told).filter(is_name)
    });
    names
        .map(|name| Person {
            name: Some(name),
            ..Person::default()
        })
        .collect()
}

/// The picture `value` tells. `None`: it tells no address; a name of a file does
/// not say in which folder it lies.
pub fn picture(value: &Value, base: Option<&Url>) -> Option<Enclosure> {
    let one = value.as_array().map_or(Some(value), |all| all.first())?;
    let told = match one {
        Value::String(text) => text.trim().to_owned(),
        Value::Object(_) => ADDRESSES.iter().find_map(|name| text_at(one, name))?,
        _ => return None,
    };
    let is_address = told.contains('/') && !told.contains(char::is_whitespace);
    let found = address(base, &told).filter(|_| is_address)?;
    Some(opening::picture(&found))
}
