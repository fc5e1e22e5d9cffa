//! Recordings with known words and labels: what is heard, what is understood, what is refused.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;
use serde_json::Value;

use super::*;
use chuda_record::id::CustomerId;

#[path = "../examples/bench_voice/score.rs"]
pub(super) mod score;

use score::{Errors, Set, errors, folder, set};

fn visits() -> Option<Set> {
    folder("CHUDA_FIXTURES", "labelled visit notes").map(|fixtures| set(&fixtures, "speech-visits"))
}

fn customers(set: &Set) -> Vec<KnownCustomer> {
    let listed: Vec<Value> = serde_json::from_slice(&std::fs::read(set.folder.join("customers.json")).unwrap()).unwrap();
    let text = |customer: &Value, key: &str| customer[key].as_str().map(str::to_owned);
    listed.iter().map(|customer| known(&text(customer, "name").unwrap(), text(customer, "short"))).collect()
}

fn known(name: &str, short: Option<String>) -> KnownCustomer {
    KnownCustomer { id: CustomerId::derived(name), name: name.into(), short }
}

fn reference_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// Companies that nobody in the fixtures speaks of: places, two-character names and trades put together by a fixed rule.
fn other_customers(count: usize) -> Vec<KnownCustomer> {
    const PLACES: [&str; 24] = [
        "杭州", "苏州", "宁波", "东莞", "无锡", "上海", "深圳", "青岛", "成都", "武汉", "南京", "合肥", "厦门", "佛山", "天津",
        "广州", "济南", "郑州", "长沙", "西安", "温州", "常州", "大连", "福州",
    ];
    const FIRST: &str = "华海天鑫金瑞恒宏永盛联中新东方德正嘉汇创科安信博泰和丰顺达景远明志星云启蓝锦长乐北";
    const SECOND: &str = "达通源峰辉腾宇成利康科信诚泰阳林荣业润美特邦力佳德创安丰华天盛远辰湾程居瑞顺";
    const TRADES: [&str; 20] = [
        "科技",
        "信息",
        "电子",
        "电气",
        "商贸",
        "食品",
        "精密",
        "五金",
        "机械",
        "自动化",
        "医疗",
        "智能",
        "冷链",
        "物流",
        "仪器",
        "包装",
        "软件",
        "建材",
        "家具",
        "化工",
    ];
    let (first, second): (Vec<char>, Vec<char>) = (FIRST.chars().collect(), SECOND.chars().collect());
    // A step that has no factor in common with any of the lengths walks through all combinations.
    (0..count)
        .map(|at| {
            let step = at * 7_919 + 13;
            let short = format!("{}{}", first[step % first.len()], second[step / 3 % second.len()]);
            let name = format!("{}{short}{}", PLACES[step / 7 % PLACES.len()], TRADES[step / 11 % TRADES.len()]);
            known(&name, Some(short))
        })
        .collect()
}

/// What the labels of a clip and a draft have in common.
#[derive(Debug, Default)]
struct Score {
    labelled: usize,
    right: usize,
    unlabelled: usize,
    filled: usize,
    wrong_customers: usize,
    misses: Vec<String>,
}

impl Score {
    fn slot(&mut self, clip: &str, name: &str, expected: Option<String>, got: Option<String>) {
        let Some(expected) = expected else {
            self.unlabelled += 1;
            if let Some(got) = got {
                self.filled += 1;
                self.misses.push(format!("{clip} {name}: nothing but {got}"));
            }
            return;
        };
        self.labelled += 1;
        if got.as_ref() == Some(&expected) {
            self.right += 1;
        } else {
            self.misses.push(format!("{clip} {name}: {expected} but {}", got.unwrap_or_else(|| "nothing".into())));
        }
    }

    fn draft(&mut self, clip: &Value, draft: &Draft, customers: &[KnownCustomer]) {
        let file = clip["file"].as_str().unwrap();
        let text = |key: &str| clip[key].as_str().map(str::to_owned);
        let name_of = |id: &CustomerId| customers.iter().find(|customer| customer.id == *id).unwrap().name.clone();

        let mut expected = text("customer");
        let mut got = draft.customer_name.clone();
        if let Some(name) = &got
            && expected.as_ref() != Some(name)
        {
            self.wrong_customers += 1;
        }
        if let Some(candidates) = clip["customer_candidates"].as_array() {
            let offered: Vec<String> = draft.customer_candidates.iter().map(name_of).collect();
            let all = candidates.iter().all(|candidate| offered.iter().any(|name| candidate.as_str() == Some(name)));
            expected = Some("choice".into());
            got = got.or_else(|| all.then(|| "choice".into()));
        }
        self.slot(file, "customer", expected, got);

        let mode = draft.contact_mode.as_ref().map(|slot| slot.value.label().zh.to_owned());
        self.slot(file, "contact_mode", text("contact_mode"), mode);
        let action = draft.action.as_ref().map(|slot| {
            match slot.value.as_str() {
                "send_material" => "发送资料",
                "book_demo" => "预约演示",
                "demo" => "演示",
                "quote" => "报价",
                "sign" => "签约",
                "new_demand" => "客户提出新需求",
                "tech_question" => "需协调技术答疑",
                other => other,
            }
            .to_owned()
        });
        self.slot(file, "action", text("action"), action);
        self.slot(file, "next_date", text("next_date"), draft.next_date.as_ref().map(|slot| slot.value.to_string()));
        self.slot(
            file,
            "next_time",
            text("next_time"),
            draft.next_time.as_ref().map(|slot| slot.value.format("%H:%M").to_string()),
        );
        let amount = clip["amount_cny"].as_i64().map(|yuan| yuan.to_string());
        self.slot(file, "amount", amount, draft.amount.as_ref().map(|slot| slot.value.to_yuan()));
        let extra = &clip["extra"];
        self.slot(
            file,
            "tech_owner",
            extra["tech_owner"].as_str().map(Into::into),
            draft.tech_owner.as_ref().map(|slot| slot.value.clone()),
        );
        let days = extra["response_within_days"].as_u64().map(|days| days.to_string());
        self.slot(file, "response_within_days", days, draft.response_within_days.as_ref().map(|slot| slot.value.to_string()));
        let custom = extra["custom_development"].as_bool().map(|custom| custom.to_string());
        self.slot(file, "custom_development", custom, draft.custom_development.then(|| "true".into()));
        // The next step is compared loosely: most of its characters in the words that were found.
        let next = text("next_action");
        let loosely = draft.next_action.as_ref().map(|slot| {
            let expected = next.clone().unwrap_or_default();
            let common = expected.chars().filter(|c| slot.value.contains(*c)).count();
            if !expected.is_empty() && common * 2 >= expected.chars().count() { expected } else { slot.value.clone() }
        });
        self.slot(file, "next_action", next, loosely);

        for words in [
            draft.customer.as_ref().map(|slot| &slot.words),
            draft.action.as_ref().map(|slot| &slot.words),
            draft.contact_mode.as_ref().map(|slot| &slot.words),
            draft.next_action.as_ref().map(|slot| &slot.words),
            draft.next_date.as_ref().map(|slot| &slot.words),
            draft.next_time.as_ref().map(|slot| &slot.words),
            draft.amount.as_ref().map(|slot| &slot.words),
        ]
        .into_iter()
        .flatten()
        {
            assert!(!words.is_empty() && draft.text.contains(words.as_str()), "{file}: {words} is not in {}", draft.text);
        }
    }

    fn print(&self, title: &str) {
        eprintln!(
            "{title}: {}/{} slots right, {}/{} unlabelled filled, {} wrong customers",
            self.right, self.labelled, self.filled, self.unlabelled, self.wrong_customers
        );
        for miss in &self.misses {
            eprintln!("  {miss}");
        }
    }

    fn assert_good(&self) {
        assert!(self.right * 100 >= self.labelled * 95, "{}/{} slots", self.right, self.labelled);
        assert!(self.filled * 100 <= self.unlabelled * 2, "{}/{} unlabelled slots filled", self.filled, self.unlabelled);
        assert_eq!(self.wrong_customers, 0);
    }
}

/// Understands every clip, with the transcripts of `heard`, in books of 20, 200 and 500 names.
fn understand_all(title: &str, set: &Set, heard: impl Fn(&Value) -> String) {
    let own = customers(set);
    for size in [own.len(), 200, 500] {
        let mut book = own.clone();
        book.extend(other_customers(size - own.len()));
        let mut score = Score::default();
        let mut shown = Errors::default();
        for clip in &set.clips {
            let draft = understand(&heard(clip), &book, reference_day());
            score.draft(clip, &draft, &book);
            shown += errors(clip["text"].as_str().unwrap(), &draft.text);
            if size == own.len() {
                eprintln!("  {}", draft.text);
            }
        }
        score.print(&format!("{title}, {size} customers"));
        eprintln!("  shown text: {:.3} errors per character", shown.rate());
        assert!(shown.rate() <= 0.08);
        if size == own.len() {
            score.assert_good();
        } else {
            assert_eq!(score.wrong_customers, 0, "{size} customers");
        }
    }
}

#[test]
fn stored_transcripts_are_understood() {
    let Some(set) = visits() else { return };
    understand_all("stored transcripts", &set, |clip| {
        if clip["speech"] == true { simplify(clip["transcript"].as_str().unwrap()) } else { String::new() }
    });
}

#[test]
fn hostile_audio_is_refused_or_cut_but_never_panics() {
    for bytes in [&b""[..], b"RIFF", b"\0\0\0\0", b"OggS", b"fLaC", b"ID3", b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"] {
        assert_eq!(decode(Cursor::new(bytes)), Err(SpeechError::Unreadable));
    }
    // A header that promises four hours at an absurd rate with hundreds of channels.
    for (channels, rate, bits) in
        [(1_u16, 1_u32, 16_u16), (65_535, 16_000, 16), (2, u32::MAX, 8), (0, 16_000, 16), (1, 0, 0), (1, 16_000, 65_535)]
    {
        let _ = decode(Cursor::new(wav(channels, rate, bits, &[0; 4_000])));
    }
    let mut noise = 1_u32;
    let random: Vec<u8> = std::iter::repeat_with(|| {
        noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (noise >> 24) as u8
    })
    .take(100_000)
    .collect();
    for magic in
        [&b""[..], b"OggS", b"fLaC", b"ID3\x04\0\0\0\0\x00\x7f", b"\xff\xfb\x90\x64", b"\0\0\0\x20ftypM4A ", b"RIFF\0\0\0\x10WAVE"]
    {
        let _ = decode(Cursor::new([magic, &random].concat()));
    }
}

/// A WAV file around raw samples.
fn wav(channels: u16, rate: u32, bits: u16, data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
    file[4..8].copy_from_slice(&(36 + data.len() as u32).to_le_bytes());
    let frame = channels.wrapping_mul(bits / 8);
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend(rate.wrapping_mul(u32::from(frame)).to_le_bytes());
    file.extend(frame.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((data.len() as u32).to_le_bytes());
    file.extend(data);
    file
}

/// A second of a 440 Hz tone at half volume, as samples of `width` bytes (4 is float) on each of `channels`.
fn tone(rate: u32, width: usize, channels: usize) -> Vec<u8> {
    let sample = |at: u32| (f64::from(at) * 440.0 * std::f64::consts::TAU / f64::from(rate)).sin() / 2.0;
    (0..rate)
        .flat_map(|at| {
            let bytes = match width {
                1 => vec![(sample(at) * 127.0 + 128.0) as u8],
                2 => ((sample(at) * 32_767.0) as i16).to_le_bytes().to_vec(),
                _ => ((sample(at) * 8_388_607.0) as i32).to_le_bytes()[..3].to_vec(),
            };
            bytes.repeat(channels)
        })
        .collect()
}

#[test]
fn every_rate_width_and_channel_count_gives_the_same_sound() {
    for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000] {
        for width in [1, 2, 3] {
            for channels in [1, 2] {
                let file = wav(channels, rate, width as u16 * 8, &tone(rate, width, usize::from(channels)));
                let pcm = decode(Cursor::new(file)).unwrap();
                assert!(
                    !pcm.truncated && pcm.samples.len().abs_diff(16_000) <= 1,
                    "{rate} {width} {channels}: {}",
                    pcm.samples.len()
                );
                // The middle of it is the tone itself, in place and in volume.
                for at in 4_000..12_000 {
                    let expected = (at as f64 * 440.0 * std::f64::consts::TAU / 16_000.0).sin() / 2.0;
                    let got = f64::from(pcm.samples[at]) / 32_768.0;
                    // A resampler may be off by a fraction of a sample.
                    assert!((got - expected).abs() < 0.1, "{rate} {width} {channels} at {at}: {got} for {expected}");
                }
            }
        }
    }
}

#[test]
fn a_cut_recording_keeps_what_came_before() {
    let whole = wav(1, 16_000, 16, &tone(16_000, 2, 1));
    for cut in (0..whole.len()).step_by(97) {
        match decode(Cursor::new(whole[..cut].to_vec())) {
            Ok(pcm) => assert!(pcm.truncated || pcm.samples.len() >= 15_800, "{cut}: {}", pcm.samples.len()),
            Err(error) => assert_eq!(error, SpeechError::Unreadable),
        }
    }
    assert!(decode(Cursor::new(whole[..20_000].to_vec())).unwrap().samples.len() > 8_000);
}

#[test]
fn the_formats_of_phones_decode() {
    let Some(fixtures) = folder("CHUDA_FIXTURES", "recordings in other formats") else { return };
    let set = set(&fixtures, "speech-real");
    for clip in &set.clips {
        let file = clip["file"].as_str().unwrap();
        let pcm = decode(File::open(set.folder.join(file)).unwrap()).unwrap();
        let seconds = clip["seconds"].as_f64().unwrap();
        assert!(!pcm.truncated && (pcm.duration_ms() as f64 / 1000.0 - seconds).abs() < 0.15, "{file}: {} ms", pcm.duration_ms());
        // Any of them cut anywhere is refused or kept in part.
        let bytes = std::fs::read(set.folder.join(file)).unwrap();
        for part in 1..24 {
            let _ = decode(Cursor::new(bytes[..bytes.len() * part / 24].to_vec()));
        }
    }
}

#[cfg(feature = "whisper")]
mod with_model {
    use super::*;
    use crate::whisper::{ACTIVITY_FILE, MODEL_FILE, Whisper};

    fn engine() -> Option<Whisper> {
        let models = folder("CHUDA_MODELS", "transcription with the real model")?;
        Some(Whisper::load(&models.join(MODEL_FILE), &models.join(ACTIVITY_FILE)).unwrap())
    }

    fn heard(engine: &Whisper, file: &Path) -> Transcript {
        let pcm = decode(File::open(file).unwrap()).unwrap();
        transcribe(engine, &pcm, &|_| {}, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn a_recording_can_be_cancelled_and_says_how_far_it_is() {
        let (Some(set), Some(engine)) = (visits(), engine()) else { return };
        let pcm = decode(File::open(set.folder.join("visit-s01.wav")).unwrap()).unwrap();
        let seen = std::cell::RefCell::new(vec![]);
        let cancel = AtomicBool::new(false);
        let result = transcribe(
            &engine,
            &pcm,
            &|done| {
                seen.borrow_mut().push(done);
                // The first tick of the decoding.
                if done > 0.1 {
                    cancel.store(true, std::sync::atomic::Ordering::Relaxed);
                }
            },
            &cancel,
        );
        assert_eq!(result, Err(SpeechError::Cancelled));
        assert!(seen.borrow().is_sorted());
        // The one left behind does not disturb the next.
        assert!(!heard(&engine, &set.folder.join("visit-s04.wav")).text.is_empty());
    }

    /// Errors of every Mandarin recording of a set, of both ways to hear it: ours, and the model alone with its whole context.
    #[test]
    fn real_speech_is_heard_no_worse_than_by_the_model_alone() {
        let (Some(fixtures), Some(engine)) = (folder("CHUDA_FIXTURES", "real speech"), engine()) else { return };
        let set = set(&fixtures, "speech-real");
        let (mut ours, mut alone) = (Errors::default(), Errors::default());
        for clip in set.clips.iter().filter(|clip| clip["lang"] == "zh" && clip["same_speech_as"].is_null()) {
            let (file, said) = (set.folder.join(clip["file"].as_str().unwrap()), clip["text"].as_str().unwrap());
            let transcript = heard(&engine, &file);
            assert_eq!(simplify(&transcript.text), transcript.text);
            let pcm = decode(File::open(&file).unwrap()).unwrap();
            let samples: Vec<f32> = pcm.samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
            let plain = engine.decode(&samples, Context::Full, &|| {}, &AtomicBool::new(false)).unwrap();
            ours += errors(said, &transcript.text);
            alone += errors(said, &simplify(&plain.text));
        }
        eprintln!("real speech: {:.3} errors per character, {:.3} by the model alone", ours.rate(), alone.rate());
        // One character either way is what another processor makes of the same sound.
        assert!(ours.errors <= alone.errors + 1);
    }

    #[test]
    fn visit_notes_are_heard_and_understood() {
        let (Some(set), Some(engine)) = (visits(), engine()) else { return };
        let mut spoken = Errors::default();
        let mut texts = std::collections::BTreeMap::new();
        for clip in &set.clips {
            let file = clip["file"].as_str().unwrap();
            let transcript = heard(&engine, &set.folder.join(file));
            if clip["speech"] == true {
                spoken += errors(clip["text"].as_str().unwrap(), &transcript.text);
                assert_eq!(simplify(&transcript.text), transcript.text);
            } else {
                assert_eq!(transcript, Transcript::default(), "{file}");
                assert_eq!(understand(&transcript.text, &customers(&set), reference_day()), Draft::default(), "{file}");
            }
            texts.insert(file.to_owned(), transcript.text);
        }
        eprintln!("heard: {:.3} errors per character", spoken.rate());
        // The model alone, with its whole context, gets 0.117 to 0.131 with different builds and quantisations.
        assert!(spoken.rate() <= 0.131);
        understand_all("as heard", &set, |clip| texts[clip["file"].as_str().unwrap()].clone());
    }
}
