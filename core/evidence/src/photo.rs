//! A photo: is it whole, how does it look the right way up, and has it been seen before.

use std::io::{Cursor, ErrorKind};

use chrono::{NaiveDate, NaiveDateTime};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::buffer::ConvertBuffer as _;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, RgbImage, RgbaImage, imageops};
use jpeg_decoder::PixelFormat;
use jpeg_encoder::{ColorType, Encoder};

use super::sniff::{Mime, sniff};
use super::unreadable::guarded;
use super::{Unreadable, heif, jpeg};

/// Longest side of a thumbnail, pixels.
pub const THUMBNAIL_SIDE: u32 = 320;
/// A thumbnail lives in the database, so it has a limit in bytes too.
pub const MAX_THUMBNAIL_BYTES: usize = 30 * 1024;
/// Longest side of a rendition, pixels.
pub const RENDITION_SIDE: u32 = 2048;
/// Bits of two perceptual hashes (of 256) that may differ while they are taken for the same picture.
///
/// Measured on five photos: scaled to 30 % and compressed again at most 9, brightened or with more contrast at most 6, cropped by a
/// fiftieth on each side at most 41; different photos, three of one place among them, at least 111.
pub const NEAR_DUPLICATE_BITS: u32 = 48;

/// Longer files are not looked into: the largest photos of today's phones have 60 MB.
const MAX_FILE_BYTES: usize = 100 * 1024 * 1024;
/// What decoding may take at once, where it cannot be done at a reduced size.
const MAX_DECODED_BYTES: u64 = 192 * 1024 * 1024;
/// A JPEG is decoded at the smallest size that has at least this many pixels on its longest side.
const ENOUGH_FOR_RENDITION: u32 = RENDITION_SIDE * 3 / 4;
/// Colour profiles beyond this are left out of what is derived; a phone's has about 500 bytes.
const MAX_ICC_BYTES: usize = 4096;
const RENDITION_QUALITY: u8 = 80;
const THUMBNAIL_QUALITIES: [u8; 6] = [75, 60, 45, 30, 15, 5];

/// A photo that can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its format.
    pub mime: Mime,
    /// Pixels across, the right way up.
    pub width: u32,
    /// Pixels down, the right way up.
    pub height: u32,
    /// Smaller pictures of it. Absent for HEIC, which only the platform decodes: give [`process`] its picture instead.
    pub preview: Option<Preview>,
    /// When the camera says it was taken: its own local time, which proves nothing.
    pub taken_at: Option<NaiveDateTime>,
    /// Where the camera says it was taken.
    pub gps: Option<Gps>,
}

/// What is derived from a photo. All of it is the right way up and carries no metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// JPEG within [`THUMBNAIL_SIDE`] and [`MAX_THUMBNAIL_BYTES`].
    pub thumbnail: Vec<u8>,
    /// JPEG within [`RENDITION_SIDE`].
    pub rendition: Vec<u8>,
    /// To spot a recycled photo.
    pub hash: PerceptualHash,
}

/// A place from a photo's metadata, in millionths of a degree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gps {
    /// Latitude, north positive.
    pub latitude_e6: i32,
    /// Longitude, east positive.
    pub longitude_e6: i32,
}

/// A hash that changes little when a photo is scaled or compressed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerceptualHash(pub [u8; 32]);

impl PerceptualHash {
    /// From its stored form, 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).ok()?.try_into().ok().map(Self)
    }

    /// Its stored form.
    pub fn to_hex(self) -> String {
        hex::encode(self.0)
    }

    /// In how many bits two hashes differ, of 256.
    pub fn distance(&self, other: &Self) -> u32 {
        self.0.iter().zip(other.0).map(|(a, b)| (a ^ b).count_ones()).sum()
    }

    /// Whether two photos are taken for the same.
    pub fn is_near(&self, other: &Self) -> bool {
        self.distance(other) <= NEAR_DUPLICATE_BITS
    }
}

/// Looks into a photo. The original bytes are never changed.
///
/// Takes at most about 200 MB for hostile files, and for a 12-megapixel JPEG 30 MB. Blocks for about a tenth of a second.
pub fn process(bytes: &[u8]) -> Result<Photo, Unreadable> {
    if bytes.is_empty() {
        return Err(Unreadable::Empty);
    }
    if bytes.len() > MAX_FILE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let mime = sniff(&mut Cursor::new(bytes)).map_err(|_| Unreadable::Damaged)?;
    guarded(|| match mime {
        Mime::Heic => {
            let (width, height) = heif::inspect(bytes)?;
            Ok(with_metadata(bytes, Photo { mime, width, height, preview: None, taken_at: None, gps: None }).0)
        }
        Mime::Jpeg => decoded(bytes, mime, decode_jpeg(bytes)?),
        Mime::Png => {
            check_png_is_whole(bytes)?;
            decoded(bytes, mime, decode(image::codecs::png::PngDecoder::new(Cursor::new(bytes)).map_err(reason)?)?)
        }
        Mime::Webp => {
            check_webp_is_whole(bytes)?;
            decoded(bytes, mime, decode(image::codecs::webp::WebPDecoder::new(Cursor::new(bytes)).map_err(reason)?)?)
        }
        _ => Err(Unreadable::UnknownType),
    })
}

/// Pixels at a size near the rendition's, as stored in the file.
struct Pixels {
    full_width: u32,
    full_height: u32,
    rgb: RgbImage,
    icc: Option<Vec<u8>>,
}

fn decoded(bytes: &[u8], mime: Mime, pixels: Pixels) -> Result<Photo, Unreadable> {
    let photo = Photo { mime, width: pixels.full_width, height: pixels.full_height, preview: None, taken_at: None, gps: None };
    let (mut photo, orientation) = with_metadata(bytes, photo);
    if matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    ) {
        (photo.width, photo.height) = (photo.height, photo.width);
    }
    let small = turned(fitted(&pixels.rgb, THUMBNAIL_SIDE)?, orientation);
    let hash = perceptual_hash(&small);
    let thumbnail = encode_thumbnail(small, pixels.icc.as_deref())?;
    let rendition = if pixels.rgb.width().max(pixels.rgb.height()) > RENDITION_SIDE {
        fitted(&pixels.rgb, RENDITION_SIDE)?
    } else {
        pixels.rgb
    };
    let rendition = encode_jpeg(&turned(rendition, orientation), RENDITION_QUALITY, pixels.icc.as_deref())?;
    photo.preview = Some(Preview { thumbnail, rendition, hash });
    Ok(photo)
}

/// Decoding at a reduced size reads all coefficients but computes only the pixels that are wanted: a 12-megapixel photo takes
/// a quarter of the memory, and one of 200 megapixels fits into a phone at all. No maintained Rust decoder but this one can.
fn decode_jpeg(bytes: &[u8]) -> Result<Pixels, Unreadable> {
    let frame = jpeg::inspect(bytes)?;
    let (full_width, full_height) = (u32::from(frame.width), u32::from(frame.height));
    let longest = full_width.max(full_height);
    let divisor = [8, 4, 2].into_iter().find(|divisor| longest / divisor >= ENOUGH_FOR_RENDITION).unwrap_or(1);
    // Planes and pixels at the reduced size, and all coefficients where they have to be kept.
    let coefficients = if frame.progressive { frame.samples * 2 } else { 0 };
    if frame.samples * 2 / u64::from(divisor * divisor) + coefficients > MAX_DECODED_BYTES {
        return Err(Unreadable::TooManyPixels);
    }
    let mut decoder = jpeg_decoder::Decoder::new(bytes);
    // One side that is large enough satisfies the decoder, so it is asked about the longest alone.
    let enough = |side: u32| if side == longest { side.div_ceil(divisor) as u16 } else { u16::MAX };
    let (width, height) = decoder.scale(enough(full_width), enough(full_height)).map_err(jpeg_reason)?;
    let pixels = decoder.decode().map_err(jpeg_reason)?;
    let format = decoder.info().ok_or(Unreadable::Damaged)?.pixel_format;
    let rgb = match format {
        PixelFormat::RGB24 => pixels,
        PixelFormat::L8 => pixels.into_iter().flat_map(|grey| [grey; 3]).collect(),
        PixelFormat::CMYK32 => pixels
            .chunks_exact(4)
            .flat_map(|cmyk| [0, 1, 2].map(|ink| ((255 - u16::from(cmyk[ink])) * (255 - u16::from(cmyk[3])) / 255) as u8))
            .collect(),
        PixelFormat::L16 => return Err(Unreadable::Unsupported),
    };
    let icc = decoder.icc_profile().filter(|icc| format == PixelFormat::RGB24 && icc.len() <= MAX_ICC_BYTES);
    let rgb = RgbImage::from_raw(u32::from(width), u32::from(height), rgb).ok_or(Unreadable::Damaged)?;
    Ok(Pixels { full_width, full_height, rgb, icc })
}

/// Decodes what cannot be decoded at a reduced size; of an animation, the first frame. Transparent parts become white.
fn decode(mut decoder: impl ImageDecoder) -> Result<Pixels, Unreadable> {
    let (full_width, full_height) = decoder.dimensions();
    // `DynamicImage::from_decoder` allocates whatever the header asks for, so this has to come first.
    if decoder.total_bytes() > MAX_DECODED_BYTES {
        return Err(Unreadable::TooManyPixels);
    }
    let icc = decoder.icc_profile().ok().flatten().filter(|icc| icc.len() <= MAX_ICC_BYTES);
    let image = DynamicImage::from_decoder(decoder).map_err(reason)?;
    let icc = icc.filter(|_| image.color().has_color());
    let rgb = if image.color().has_alpha() {
        let image = image.into_rgba8();
        let (width, height) = fitted_size(full_width, full_height, RENDITION_SIDE);
        let rgba = if (width, height) == image.dimensions() { image } else { resized(&image, (width, height))? };
        let on_white = rgba.chunks_exact(4).flat_map(|pixel| {
            let alpha = u16::from(pixel[3]);
            [0, 1, 2].map(|channel| ((u16::from(pixel[channel]) * alpha + 255 * (255 - alpha)) / 255) as u8)
        });
        RgbImage::from_raw(width, height, on_white.collect()).ok_or(Unreadable::Damaged)?
    } else {
        image.into_rgb8()
    };
    Ok(Pixels { full_width, full_height, rgb, icc })
}

/// A PNG file is whole when its chunks lead to the one that ends it. Decoders stop at the last row of pixels.
fn check_png_is_whole(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut rest = &bytes[8..];
    loop {
        let (length, kind) =
            rest.split_at_checked(4).and_then(|(length, rest)| Some((length, rest.get(..4)?))).ok_or(Unreadable::Truncated)?;
        let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]) as usize;
        let next = length.checked_add(12).and_then(|size| rest.get(size..)).ok_or(Unreadable::Truncated)?;
        if kind == b"IEND" {
            return Ok(());
        }
        rest = next;
    }
}

/// A WebP file is whole when it has the bytes that its first eight announce.
fn check_webp_is_whole(bytes: &[u8]) -> Result<(), Unreadable> {
    let size = u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]) as usize;
    if bytes.len() - 8 < size { Err(Unreadable::Truncated) } else { Ok(()) }
}

/// Fills in what the metadata says. Broken metadata is as good as none: the picture counts.
fn with_metadata(bytes: &[u8], mut photo: Photo) -> (Photo, Orientation) {
    let read = || match exif::Reader::new().continue_on_error(true).read_from_container(&mut Cursor::new(bytes)) {
        Err(exif::Error::PartialResult(partial)) => Ok(partial.into_inner().0),
        other => other.map_err(|_| Unreadable::Damaged),
    };
    let Ok(exif) = guarded(read) else { return (photo, Orientation::NoTransforms) };
    let field = |tag| exif.get_field(tag, exif::In::PRIMARY);
    photo.taken_at = field(exif::Tag::DateTimeOriginal).or_else(|| field(exif::Tag::DateTime)).and_then(date_time);
    photo.gps = gps(&exif);
    let orientation = field(exif::Tag::Orientation).and_then(|field| field.value.get_uint(0));
    let orientation = orientation.and_then(|value| u8::try_from(value).ok()).and_then(Orientation::from_exif);
    (photo, orientation.unwrap_or(Orientation::NoTransforms))
}

fn date_time(field: &exif::Field) -> Option<NaiveDateTime> {
    let exif::Value::Ascii(texts) = &field.value else { return None };
    let at = exif::DateTime::from_ascii(texts.first()?).ok()?;
    let day = NaiveDate::from_ymd_opt(i32::from(at.year), u32::from(at.month), u32::from(at.day))?;
    day.and_hms_opt(u32::from(at.hour), u32::from(at.minute), u32::from(at.second))
}

fn gps(exif: &exif::Exif) -> Option<Gps> {
    let coordinate = |value, reference, negative, limit: f64| {
        let value = &exif.get_field(value, exif::In::PRIMARY)?.value;
        let part = |at: usize| match value {
            exif::Value::Rational(parts) => parts.get(at).map(exif::Rational::to_f64),
            // Some phones write the signed type.
            exif::Value::SRational(parts) => parts.get(at).map(exif::SRational::to_f64),
            _ => None,
        };
        let degrees = part(0)? + part(1)? / 60.0 + part(2)? / 3600.0;
        let exif::Value::Ascii(side) = &exif.get_field(reference, exif::In::PRIMARY)?.value else { return None };
        let sign = if side.first()?.first() == Some(&negative) { -1.0 } else { 1.0 };
        (0.0..=limit).contains(&degrees).then(|| (sign * degrees * 1e6).round() as i32)
    };
    Some(Gps {
        latitude_e6: coordinate(exif::Tag::GPSLatitude, exif::Tag::GPSLatitudeRef, b'S', 90.0)?,
        longitude_e6: coordinate(exif::Tag::GPSLongitude, exif::Tag::GPSLongitudeRef, b'W', 180.0)?,
    })
}

/// The gradient hash: of 17 × 16 grey values, whether each is darker than the next one in its row; the first is the lowest bit.
fn perceptual_hash(picture: &RgbImage) -> PerceptualHash {
    let grey = imageops::resize(&imageops::grayscale(picture), 17, 16, imageops::FilterType::Lanczos3);
    let mut hash = [0; 32];
    for (row, line) in grey.chunks_exact(17).enumerate() {
        for (column, pair) in line.windows(2).enumerate() {
            hash[row * 2 + column / 8] |= u8::from(pair[0] < pair[1]) << (column % 8);
        }
    }
    PerceptualHash(hash)
}

fn encode_thumbnail(mut picture: RgbImage, icc: Option<&[u8]>) -> Result<Vec<u8>, Unreadable> {
    loop {
        for quality in THUMBNAIL_QUALITIES {
            let jpeg = encode_jpeg(&picture, quality, icc)?;
            if jpeg.len() <= MAX_THUMBNAIL_BYTES {
                return Ok(jpeg);
            }
        }
        picture = fitted(&picture, picture.width().max(picture.height()) / 2)?;
    }
}

fn encode_jpeg(picture: &RgbImage, quality: u8, icc: Option<&[u8]>) -> Result<Vec<u8>, Unreadable> {
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    if let Some(icc) = icc {
        encoder.add_icc_profile(icc).map_err(|_| Unreadable::Damaged)?;
    }
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    encoder.encode(picture.as_raw(), width, height, ColorType::Rgb).map_err(|_| Unreadable::Damaged)?;
    Ok(jpeg)
}

fn turned(picture: RgbImage, orientation: Orientation) -> RgbImage {
    let mut picture = DynamicImage::ImageRgb8(picture);
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

/// The picture scaled down so that its longest side has `side` pixels; one that is smaller stays as it is.
fn fitted(picture: &RgbImage, side: u32) -> Result<RgbImage, Unreadable> {
    let size = fitted_size(picture.width(), picture.height(), side);
    if size == picture.dimensions() {
        return Ok(picture.clone());
    }
    Ok(resized(&picture.convert(), size)?.convert())
}

fn fitted_size(width: u32, height: u32, side: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= side {
        return (width, height);
    }
    let scaled = |length: u32| ((u64::from(length) * u64::from(side) + u64::from(longest) / 2) / u64::from(longest)).max(1) as u32;
    (scaled(width), scaled(height))
}

/// Four channels only: each further kind of pixel would add its own copy of the resizer to what a phone downloads.
fn resized(picture: &RgbaImage, (width, height): (u32, u32)) -> Result<RgbaImage, Unreadable> {
    let source =
        ImageRef::new(picture.width(), picture.height(), picture.as_raw(), PixelType::U8x4).map_err(|_| Unreadable::Damaged)?;
    let mut target = Image::new(width, height, PixelType::U8x4);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut target, &options).map_err(|_| Unreadable::Damaged)?;
    RgbaImage::from_raw(width, height, target.into_vec()).ok_or(Unreadable::Damaged)
}

fn reason(error: ImageError) -> Unreadable {
    match error {
        ImageError::Limits(_) => Unreadable::TooManyPixels,
        ImageError::Unsupported(_) => Unreadable::Unsupported,
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Unreadable::Truncated,
        _ => Unreadable::Damaged,
    }
}

fn jpeg_reason(error: jpeg_decoder::Error) -> Unreadable {
    match error {
        jpeg_decoder::Error::Unsupported(_) => Unreadable::Unsupported,
        jpeg_decoder::Error::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Unreadable::Truncated,
        _ => Unreadable::Damaged,
    }
}
