//! What an element's name means: its namespace by address, or by the prefix
//! everybody uses where a document forgot to declare it.
//!
//! The core vocabularies (RSS of all versions, RDF, Atom of both versions) are
//! one here: feeds mix them, and no name means two things that context does not
//! tell apart.

/// The vocabularies that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// RSS, Atom, or no namespace at all.
    Core,
    Rdf,
    Dublin,
    DublinTerms,
    Content,
    Itunes,
    Media,
    Xhtml,
    Admin,
    /// The Russian news services', which most outlets of Kazakhstan feed.
    Services,
    /// Known to nobody here.
    Other,
}

/// The namespace at an address; addresses are compared without case, since
/// publishers type them by hand.
pub(super) fn space_of_address(address: &str) -> Space {
    let address = address.trim().to_ascii_lowercase();
    // A scheme was changed with the site's own, by those who took it for a link.
    let address = match address.strip_prefix("https://") {
        Some(rest) => format!("http://{rest}"),
        None => address,
    };
    let address = match address.split_once("ns#draft-ietf-atompub") {
        Some((known, _)) => known,
        None => address.as_str(),
    };
    match address.trim_end_matches(['/', '#']) {
        ""
        | "http://backend.userland.com/rss"
        | "http://blogs.law.harvard.edu/tech/rss"
        | "http://purl.org/rss/1.0"
        | "http://my.netscape.com/rdf/simple/0.9"
        | "http://purl.org/echo"
        | "uri/of/echo/namespace"
        | "http://purl.org/pie"
        | "http://purl.org/atom"
        | "http://purl.org/atom/ns"
        | "http://www.w3.org/2005/atom"
        | "http://purl.org/rss/1.0/modules/rss091"
        | "http://purl.oclc.org/net/rss_2.0/enc"
        | "http://channel.netscape.com/rdf/simple/0.9"
        | "http://purl.org/net/rss1.1"
        | "http://backend.userland.com/rss2"
        | "http://backend.userland.com/rss091"
        | "http://backend.userland.com/rss092"
        | "http://backend.userland.com/rss20" => Space::Core,
        "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Space::Rdf,
        "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/elements/1.0" => Space::Dublin,
        "http://purl.org/dc/terms" => Space::DublinTerms,
        "http://purl.org/rss/1.0/modules/content" => Space::Content,
        "http://www.itunes.com/dtds/podcast-1.0.dtd" => Space::Itunes,
        "http://search.yahoo.com/mrss" | "http://video.search.yahoo.com/mrss" => Space::Media,
        "http://www.w3.org/1999/xhtml" => Space::Xhtml,
        "http://webns.net/mvcb" => Space::Admin,
        "http://news.yandex.ru"
        | "http://turbo.yandex.ru"
        | "http://news.mail.ru"
        | "http://news.rambler.ru" => Space::Services,
        _ => Space::Other,
    }
}

/// The namespace an undeclared prefix is taken for.
pub(super) fn space_of_prefix(prefix: &str) -> Space {
    if prefix.is_empty() {
        return Space::Core;
    }
    let lower = prefix.to_ascii_lowercase();
    match lower.as_str() {
        "atom" | "atom10" | "atom03" | "a10" | "rss" => Space::Core,
        "rdf" => Space::Rdf,
        "dc" => Space::Dublin,
        "dcterms" | "dct" => Space::DublinTerms,
        "content" => Space::Content,
        "itunes" => Space::Itunes,
        "media" => Space::Media,
        "xhtml" => Space::Xhtml,
        "admin" => Space::Admin,
        "yandex" | "turbo" | "mailru" | "rambler" => Space::Services,
        _ => Space::Other,
    }
}

/// An element, by what it means to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Rss,
    Rdf,
    Feed,
    Channel,
    Item,
    Image,
    TextInput,
    Source,
    Author,
    Contributor,
    /// `itunes:owner`: whom to write to about the podcast, not who made it.
    Owner,
    Title,
    DublinTitle,
    MediaTitle,
    Link,
    Url,
    Id,
    Description,
    OtherDescription,
    /// Of something near, most often a picture.
    NearDescription,
    Subtitle,
    ItunesSubtitle,
    Summary,
    Content,
    Body,
    FullText,
    Encoded,
    Published,
    Updated,
    DublinDate,
    Created,
    Editor,
    WebMaster,
    Creator,
    DublinContributor,
    Name,
    Email,
    Uri,
    Category,
    Subject,
    Keywords,
    ItunesKeywords,
    ItunesCategory,
    MediaCategory,
    Language,
    DublinLanguage,
    Rights,
    DublinRights,
    Generator,
    GeneratorAgent,
    Ttl,
    Icon,
    Logo,
    ItunesImage,
    Enclosure,
    MediaContent,
    MediaThumbnail,
    Comments,
    /// Anything else.
    Unknown,
}

/// The longest name that means anything here.
const NAME_BYTES_MAX: usize = 32;

/// What the element `local` of `space` means. Case is ignored: tolerant readers
/// always did, and `pubdate`, `PubDate`, `RSS` are all served somewhere.
pub(super) fn tag(space: Space, local: &str) -> Tag {
    let mut lower = [0_u8; NAME_BYTES_MAX];
    let Some(lower) = lower.get_mut(..local.len()) else {
        return Tag::Unknown;
    };
    lower.copy_from_slice(local.as_bytes());
    lower.make_ascii_lowercase();
    let lower: &[u8] = lower;
    match space {
        Space::Core => core(lower),
        Space::Rdf if lower == b"rdf" => Tag::Rdf,
        // Of the content module's older spelling.
        Space::Rdf if lower == b"value" => Tag::Body,
        Space::Dublin => dublin(lower),
        Space::DublinTerms => dublin_terms(lower),
        Space::Content if lower == b"encoded" => Tag::Encoded,
        Space::Itunes => itunes(lower),
        Space::Media => media(lower),
        Space::Xhtml if matches!(lower, b"body" | b"div") => Tag::Body,
        Space::Services if matches!(lower, b"full-text" | b"fulltext" | b"content") => {
            Tag::FullText
        }
        // Its children speak of other articles, as those of a search box do of it.
        Space::Services if lower == b"related" => Tag::TextInput,
        Space::Admin if lower == b"generatoragent" => Tag::GeneratorAgent,
        _ => Tag::Unknown,
    }
}

fn core(name: &[u8]) -> Tag {
    match name {
        b"rss" => Tag::Rss,
        b"rdf" => Tag::Rdf,
        b"feed" => Tag::Feed,
        b"channel" => Tag::Channel,
        b"item" | b"entry" | b"product" => Tag::Item,
        b"image" => Tag::Image,
        b"textinput" => Tag::TextInput,
        b"source" => Tag::Source,
        b"author" => Tag::Author,
        b"contributor" => Tag::Contributor,
        b"title" => Tag::Title,
        b"link" => Tag::Link,
        b"url" => Tag::Url,
        b"guid" | b"id" => Tag::Id,
        b"description" | b"abstract" => Tag::Description,
        b"tagline" | b"subtitle" => Tag::Subtitle,
        b"info" => Tag::OtherDescription,
        b"summary" => Tag::Summary,
        b"content" => Tag::Content,
        b"body" | b"fullitem" => Tag::Body,
        b"full-text" | b"fulltext" => Tag::FullText,
        b"encoded" => Tag::Encoded,
        b"pubdate" | b"published" | b"issued" => Tag::Published,
        b"updated" | b"modified" | b"lastbuilddate" => Tag::Updated,
        b"date" => Tag::DublinDate,
        b"created" => Tag::Created,
        b"managingeditor" => Tag::Editor,
        b"webmaster" => Tag::WebMaster,
        b"creator" => Tag::Creator,
        b"name" => Tag::Name,
        b"email" => Tag::Email,
        b"uri" | b"homepage" => Tag::Uri,
        b"category" => Tag::Category,
        b"keywords" => Tag::Keywords,
        b"language" => Tag::Language,
        b"copyright" | b"rights" => Tag::Rights,
        b"generator" => Tag::Generator,
        b"ttl" => Tag::Ttl,
        b"icon" => Tag::Icon,
        b"logo" => Tag::Logo,
        b"enclosure" => Tag::Enclosure,
        b"comments" => Tag::Comments,
        _ => Tag::Unknown,
    }
}

fn dublin(name: &[u8]) -> Tag {
    match name {
        b"title" => Tag::DublinTitle,
        b"description" => Tag::OtherDescription,
        b"creator" | b"author" => Tag::Creator,
        b"contributor" => Tag::DublinContributor,
        b"publisher" => Tag::WebMaster,
        b"date" => Tag::DublinDate,
        b"subject" => Tag::Subject,
        b"language" => Tag::DublinLanguage,
        b"rights" => Tag::DublinRights,
        _ => Tag::Unknown,
    }
}

fn dublin_terms(name: &[u8]) -> Tag {
    match name {
        b"modified" => Tag::Updated,
        b"issued" => Tag::Published,
        b"created" => Tag::Created,
        b"abstract" => Tag::OtherDescription,
        _ => dublin(name),
    }
}

fn itunes(name: &[u8]) -> Tag {
    match name {
        b"author" => Tag::Creator,
        b"owner" => Tag::Owner,
        b"image" | b"link" => Tag::ItunesImage,
        b"summary" => Tag::OtherDescription,
        b"subtitle" => Tag::ItunesSubtitle,
        b"title" => Tag::MediaTitle,
        b"keywords" => Tag::ItunesKeywords,
        b"category" => Tag::ItunesCategory,
        b"name" => Tag::Name,
        b"email" => Tag::Email,
        _ => Tag::Unknown,
    }
}

fn media(name: &[u8]) -> Tag {
    match name {
        b"title" => Tag::MediaTitle,
        b"content" => Tag::MediaContent,
        b"thumbnail" => Tag::MediaThumbnail,
        b"category" => Tag::MediaCategory,
        b"keywords" => Tag::Keywords,
        b"description" => Tag::NearDescription,
        _ => Tag::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_address_and_by_habit() {
        assert_eq!(space_of_address("http://WWW.W3.org/2005/Atom"), Space::Core);
        assert_eq!(space_of_prefix("dc"), Space::Dublin);
        assert_eq!(tag(Space::Core, "PubDate"), Tag::Published);
        assert_eq!(tag(Space::Media, "title"), Tag::MediaTitle);
        assert_eq!(tag(Space::Other, "title"), Tag::Unknown);
        assert_eq!(tag(Space::Core, &"x".repeat(1000)), Tag::Unknown);
    }
}
