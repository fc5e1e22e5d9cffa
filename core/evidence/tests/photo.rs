//! Photos as they come: whole, broken, hostile, sideways. Over the fixtures where they are, and over pictures made here.
#![allow(clippy::unwrap_used)]

use std::io::Cursor;
use std::path::PathBuf;

use chuda_evidence::photo::{MAX_THUMBNAIL_BYTES, NEAR_DUPLICATE_BITS, Photo, Preview, RENDITION_SIDE, THUMBNAIL_SIDE, process};
use chuda_evidence::{Mime, Unreadable, document};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage, imageops};
use proptest::prelude::*;

/// A picture whose corners differ: red, green, blue and white, clockwise from the upper left.
fn corners(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => Rgb([200, 0, 0]),
        (false, true) => Rgb([0, 200, 0]),
        (false, false) => Rgb([0, 0, 200]),
        (true, false) => Rgb([230, 230, 230]),
    })
}

/// A picture with detail everywhere, another one for each seed.
fn scene(width: u32, height: u32, seed: u32) -> RgbImage {
    let phase = f64::from(seed);
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let wave = |a: f64, b: f64| ((x * a + y * b + phase * 1.7).sin() * (y * a - x * b + phase).cos() * 127.0 + 128.0) as u8;
        Rgb([wave(9.0 + phase, 14.0), wave(21.0, 5.0 + phase), wave(3.0, 11.0)])
    })
}

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    encoded(picture.clone(), ImageFormat::Jpeg)
}

/// The JPEG with metadata that says how it has to be turned, when and where it was taken.
fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value].concat()
    };
    let at = |offset: u32| offset.to_be_bytes();
    let rational =
        |values: [(u32, u32); 3]| values.iter().flat_map(|(n, d)| [n.to_be_bytes(), d.to_be_bytes()].concat()).collect::<Vec<_>>();
    // The first directory has three entries and ends at 8 + 2 + 36 + 4 = 50, the GPS one four and ends at 50 + 2 + 48 + 4 = 104.
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x03".to_vec();
    tiff.extend(entry(0x0112, 3, 1, [0, orientation, 0, 0]));
    tiff.extend(entry(0x0132, 2, 20, at(152)));
    tiff.extend(entry(0x8825, 4, 1, at(50)));
    tiff.extend([0, 0, 0, 0, 0, 4]);
    tiff.extend(entry(1, 2, 2, *b"S\0\0\0"));
    tiff.extend(entry(2, 5, 3, at(104)));
    tiff.extend(entry(3, 2, 2, *b"E\0\0\0"));
    tiff.extend(entry(4, 5, 3, at(128)));
    tiff.extend([0; 4]);
    tiff.extend(rational([(22, 1), (31, 1), (48, 1)]));
    tiff.extend(rational([(114, 1), (1, 1), (1800, 100)]));
    tiff.extend(b"2026:03:02 09:15:30\0");
    let length = (tiff.len() as u16 + 8).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", &tiff, &jpeg[2..]].concat()
}

fn preview(photo: &Photo) -> &Preview {
    photo.preview.as_ref().unwrap()
}

fn pixels(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
}

/// Mean difference of a channel between two pictures of one size.
fn difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

fn resized(picture: &RgbImage, (width, height): (u32, u32)) -> RgbImage {
    imageops::resize(picture, width, height, imageops::FilterType::Triangle)
}

#[test]
fn every_size_gives_previews_within_their_limits_that_look_like_it() {
    let sizes =
        [(1, 1), (7, 3), (320, 200), (1500, 1), (2048, 536), (3071, 100), (3072, 100), (4032, 302), (100, 6000), (16320, 60)];
    for (width, height) in sizes {
        let picture = corners(width, height);
        let photo = process(&jpeg(&picture)).unwrap();
        assert_eq!((photo.mime, photo.width, photo.height), (Mime::Jpeg, width, height));
        let (thumbnail, rendition) = (pixels(&preview(&photo).thumbnail), pixels(&preview(&photo).rendition));
        assert!(thumbnail.width().max(thumbnail.height()) <= THUMBNAIL_SIDE);
        let longest = rendition.width().max(rendition.height());
        assert!(
            longest <= RENDITION_SIDE && longest >= width.max(height).min(RENDITION_SIDE * 3 / 4),
            "{width} × {height} gives {longest}"
        );
        if width.min(height) >= 100 {
            let shown = difference(&rendition, &resized(&picture, rendition.dimensions()));
            assert!(shown < 4.0, "{width} × {height}: {shown}");
        }
    }
}

#[test]
fn noise_still_gives_a_small_thumbnail() {
    let mut state = 1u32;
    let mut noise = RgbImage::new(1000, 1000);
    for channel in noise.iter_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *channel = (state >> 24) as u8;
    }
    let photo = process(&encoded(noise, ImageFormat::Png)).unwrap();
    assert!(preview(&photo).thumbnail.len() <= MAX_THUMBNAIL_BYTES);
}

#[test]
fn orientation_and_metadata_are_honoured() {
    let upright = corners(400, 240);
    // How the sensor stored it, so that turning it as the number says gives the upright picture.
    let stored = |orientation| match orientation {
        2 => imageops::flip_horizontal(&upright),
        3 => imageops::rotate180(&upright),
        4 => imageops::flip_vertical(&upright),
        5 => imageops::rotate90(&imageops::flip_vertical(&upright)),
        6 => imageops::rotate270(&upright),
        7 => imageops::rotate90(&imageops::flip_horizontal(&upright)),
        8 => imageops::rotate90(&upright),
        _ => upright.clone(),
    };
    for orientation in 0..=9 {
        let photo = process(&with_exif(&jpeg(&stored(orientation)), orientation)).unwrap();
        assert_eq!((photo.width, photo.height), (400, 240), "orientation {orientation}");
        for derived in [&preview(&photo).thumbnail, &preview(&photo).rendition] {
            let derived = pixels(derived);
            assert!(difference(&derived, &resized(&upright, derived.dimensions())) < 5.0, "orientation {orientation}");
        }
        assert_eq!(photo.taken_at.unwrap().to_string(), "2026-03-02 09:15:30");
        let gps = photo.gps.unwrap();
        assert_eq!((gps.latitude_e6, gps.longitude_e6), (-22_530_000, 114_021_667));
    }
}

#[test]
fn transparent_parts_become_white() {
    let mut picture = RgbaImage::from_pixel(2500, 500, Rgba([10, 20, 30, 0]));
    for (_, _, pixel) in picture.enumerate_pixels_mut().filter(|(x, _, _)| *x < 1250) {
        *pixel = Rgba([200, 0, 0, 255]);
    }
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let photo = process(&encoded(picture.clone(), format)).unwrap();
        assert_eq!((photo.width, photo.height), (2500, 500));
        let rendition = pixels(&preview(&photo).rendition);
        assert_eq!(rendition.dimensions(), (2048, 410));
        let near = |pixel: &Rgb<u8>, wanted: [u8; 3]| pixel.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) < 12);
        assert!(near(rendition.get_pixel(200, 200), [200, 0, 0]));
        assert!(near(rendition.get_pixel(1900, 200), [255, 255, 255]));
    }
}

#[test]
fn grey_and_sixteen_bit_pictures_open() {
    let picture = DynamicImage::from(corners(60, 40));
    for picture in [DynamicImage::from(picture.to_luma8()), DynamicImage::from(picture.to_rgba16())] {
        let photo = process(&encoded(picture.clone(), ImageFormat::Png)).unwrap();
        assert!(difference(&pixels(&preview(&photo).rendition), &picture.to_rgb8()) < 12.0);
    }
    let grey = DynamicImage::from(corners(600, 400)).into_luma8();
    let photo = process(&encoded(grey.clone(), ImageFormat::Jpeg)).unwrap();
    assert!(difference(&pixels(&preview(&photo).rendition), &DynamicImage::from(grey).to_rgb8()) < 3.0);
}

#[test]
fn bombs_are_refused_before_their_pixels_are_made() {
    let mut file = jpeg(&corners(8, 8));
    let frame = file.windows(2).position(|bytes| bytes == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]); // 65535 × 65535
    assert_eq!(process(&file), Err(Unreadable::TooManyPixels));
    file[frame + 5..frame + 9].copy_from_slice(&[0x3a, 0x98, 0x3a, 0x98]); // 15000 × 15000, from a few bytes
    assert_eq!(process(&file), Err(Unreadable::TooManyPixels));
    file[frame + 5..frame + 9].copy_from_slice(&[0x27, 0x10, 0x27, 0x10]); // 10000 × 10000
    assert_eq!(process(&file), Err(Unreadable::Truncated));

    let mut png = encoded(corners(8, 8), ImageFormat::Png);
    png[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]); // 65536 × 65536
    let crc = crc32fast::hash(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&crc);
    assert_eq!(process(&png), Err(Unreadable::TooManyPixels));
}

#[test]
fn what_is_no_photo_says_so() {
    assert_eq!(process(b""), Err(Unreadable::Empty));
    assert_eq!(process(b"%PDF-1.4"), Err(Unreadable::UnknownType));
    assert_eq!(process(b"\xff\xd8\xff"), Err(Unreadable::Truncated));
}

#[test]
fn a_photo_that_was_cut_off_is_refused() {
    let picture = scene(300, 200, 1);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encoded(picture.clone(), format);
        assert!(process(&whole).is_ok());
        for cut in (0..whole.len()).step_by(whole.len() / 60).chain(whole.len() - 3..whole.len()) {
            assert!(process(&whole[..cut]).is_err(), "{format:?}: {cut} of {}", whole.len());
        }
    }
}

#[test]
fn a_recycled_photo_is_near_and_another_is_not() {
    let picture = scene(1200, 900, 1);
    let hash = |bytes: &[u8]| preview(&process(bytes).unwrap()).hash;
    let original = hash(&jpeg(&picture));
    let mut worse = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut worse, 30).encode_image(&resized(&picture, (640, 480))).unwrap();
    let brighter = imageops::brighten(&picture, 15);
    let sideways = with_exif(&jpeg(&imageops::rotate270(&picture)), 6);
    for again in [hash(&worse), hash(&jpeg(&brighter)), hash(&sideways)] {
        assert!(original.is_near(&again), "{}", original.distance(&again));
    }
    for seed in 2..6 {
        let other = hash(&jpeg(&scene(1200, 900, seed)));
        assert!(original.distance(&other) > 2 * NEAR_DUPLICATE_BITS, "{}", original.distance(&other));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn hostile_changes_never_panic(
        format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
        orientation in 0u8..9,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = encoded(scene(40, 30, 1), format);
        if format == ImageFormat::Jpeg {
            bytes = with_exif(&bytes, orientation);
        }
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = process(&bytes);
    }
}

/// The photo fixtures, or `None` with a line that says what was skipped.
fn fixtures() -> Option<(PathBuf, Vec<serde_json::Value>)> {
    let Some(folder) = std::env::var_os("CHUDA_FIXTURES").map(|folder| PathBuf::from(folder).join("photos")) else {
        eprintln!("skipped: CHUDA_FIXTURES is not set, so no real photos were read");
        return None;
    };
    let manifest = std::fs::read(folder.join("manifest.json")).unwrap();
    Some((folder, serde_json::from_slice(&manifest).unwrap()))
}

/// Q4: every file that has to be refused is, with its reason, and every other is accepted as it is.
#[test]
fn fixtures_are_accepted_and_refused_as_expected() {
    let Some((folder, manifest)) = fixtures() else { return };
    let reasons = [
        ("bad-derive-huffman-codes-overflow.jpg", Unreadable::Damaged),
        ("bad-empty.jpg", Unreadable::Empty),
        ("bad-max_size.jpg", Unreadable::TooManyPixels),
        ("bad-missing-sof.jpg", Unreadable::Truncated),
        ("bad-missing-sos.jpg", Unreadable::Damaged),
        ("bad-null_height.jpg", Unreadable::Damaged),
        ("truncated-DSCN0042.jpg", Unreadable::Truncated),
        ("doc-broken.pdf", Unreadable::Truncated),
    ];
    for entry in manifest {
        let file = entry["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(file)).unwrap();
        let refused = |reason| assert!(entry["expect"] == "reject" && reasons.contains(&(file, reason)), "{file}: {reason}");
        if entry["kind"] == "pdf" {
            match document::inspect(&bytes) {
                Ok(pages) => {
                    assert_eq!(entry["expect"], "ok", "{file}");
                    assert_eq!(entry["pages"], pages.unwrap(), "{file}");
                }
                Err(reason) => refused(reason),
            }
            continue;
        }
        let photo = match process(&bytes) {
            Ok(photo) => photo,
            Err(reason) => {
                refused(reason);
                continue;
            }
        };
        assert_eq!(entry["expect"], "ok", "{file}");
        let stored = (entry["width"].as_u64().unwrap() as u32, entry["height"].as_u64().unwrap() as u32);
        let sideways = entry["orientation"].as_u64().is_some_and(|orientation| orientation > 4);
        let shown = if sideways { (stored.1, stored.0) } else { stored };
        assert_eq!((photo.width, photo.height), shown, "{file}");
        assert_eq!(photo.gps.is_some(), entry["has_gps"] == true, "{file}");
        if let (Some(gps), Some(place)) = (photo.gps, entry["gps"].as_array()) {
            assert!((f64::from(gps.latitude_e6) / 1e6 - place[0].as_f64().unwrap()).abs() < 2e-6, "{file}");
            assert!((f64::from(gps.longitude_e6) / 1e6 - place[1].as_f64().unwrap()).abs() < 2e-6, "{file}");
        }
        if let Some(taken) = entry["taken"].as_str() {
            assert_eq!(photo.taken_at.unwrap().format("%Y:%m:%d %H:%M:%S").to_string(), taken, "{file}");
        }
        assert_eq!(photo.preview.is_none(), entry["kind"] == "heic", "{file}");
        if let Some(preview) = photo.preview {
            assert!(preview.thumbnail.len() <= MAX_THUMBNAIL_BYTES, "{file}");
            assert!(pixels(&preview.rendition).width() <= RENDITION_SIDE, "{file}");
        }
    }
}

#[test]
fn fixtures_are_the_right_way_up() {
    let Some((folder, _)) = fixtures() else { return };
    let read = |file: &str| process(&std::fs::read(folder.join(file)).unwrap()).unwrap();
    let upright = read("orient-Landscape_1.jpg");
    for file in ["orient-Landscape_3.jpg", "orient-Landscape_6.jpg", "orient-Landscape_8.jpg"] {
        let photo = read(file);
        assert_eq!((photo.width, photo.height), (upright.width, upright.height));
        let (a, b) = (pixels(&preview(&upright).thumbnail), pixels(&preview(&photo).thumbnail));
        assert!(difference(&a, &b) < 8.0, "{file}: {}", difference(&a, &b));
        assert!(preview(&upright).hash.is_near(&preview(&photo).hash), "{file}");
    }
}

/// A photo that was sent around is taken for the same; different photos of one place, minutes apart, are not.
#[test]
fn fixtures_of_one_place_are_told_apart() {
    let Some((folder, _)) = fixtures() else { return };
    let files = ["gps-DSCN0010.jpg", "gps-DSCN0012.jpg", "gps-DSCN0021.jpg", "orient-Landscape_1.jpg", "large-vivo-12mp.jpg"];
    let hashes = files.map(|file| preview(&process(&std::fs::read(folder.join(file)).unwrap()).unwrap()).hash);
    for (file, hash) in files.iter().zip(&hashes) {
        // Of the rendition, since turning all pixels of a large photo over takes a test long.
        let picture = pixels(&preview(&process(&std::fs::read(folder.join(file)).unwrap()).unwrap()).rendition);
        let (width, height) = picture.dimensions();
        let cropped = imageops::crop_imm(&picture, width / 50, height / 50, width * 24 / 25, height * 24 / 25).to_image();
        let mut sent = Vec::new();
        let small = resized(&picture, (width * 3 / 10, height * 3 / 10));
        image::codecs::jpeg::JpegEncoder::new_with_quality(&mut sent, 40).encode_image(&small).unwrap();
        let changed = [sent, jpeg(&imageops::brighten(&picture, 20)), jpeg(&imageops::contrast(&picture, 15.0)), jpeg(&cropped)];
        for again in changed {
            let again = preview(&process(&again).unwrap()).hash;
            assert!(hash.is_near(&again), "{file}: {}", hash.distance(&again));
        }
    }
    for (number, hash) in hashes.iter().enumerate() {
        for other in &hashes[number + 1..] {
            assert!(!hash.is_near(other), "{}", hash.distance(other));
        }
    }
}
