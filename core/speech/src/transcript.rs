//! From samples to text: pieces of speech, decoded one by one, cleaned of what the model makes up.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;

use super::activity::{FRAME, pieces};
use super::{Context, Decoded, Engine, Pcm, SAMPLE_RATE, SpeechError};

/// What was said in a recording. Silence gives an empty one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transcript {
    /// The words in simplified script, with punctuation.
    pub text: String,
    /// The words exactly as the model wrote them.
    pub raw_text: String,
    /// The same words by time.
    pub segments: Vec<Segment>,
}

/// A stretch of speech.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Milliseconds from the start of the recording.
    pub start_ms: i64,
    /// Milliseconds from the start of the recording.
    pub end_ms: i64,
    /// The words, as in [`Transcript::text`].
    pub text: String,
    /// How sure the model is of the words, 0 to 1.
    pub confidence: f32,
}

/// Voice activity is looked for in windows of 30 s, each after a second of what came before, so that it starts warm.
const WINDOW: usize = 30 * SAMPLE_RATE as usize / FRAME * FRAME;
const WARM_UP: usize = SAMPLE_RATE as usize / FRAME * FRAME;
/// Share of the time that finding speech takes, for the progress.
const ACTIVITY_SHARE: f32 = 0.1;
/// Nobody speaks faster. The model does when it repeats itself or recites.
const MAX_CHARS_PER_SECOND: f32 = 12.0;

/// Sentences that the model learnt from subtitles and writes into music, noise and silence. Compared without punctuation.
const MADE_UP: [&str; 12] = [
    "请不吝点赞",
    "订阅转发打赏",
    "明镜与点点",
    "明镜需要您的支持",
    "字幕由",
    "字幕志愿者",
    "字幕制作",
    "中文字幕",
    "Amara",
    "感谢观看",
    "谢谢观看",
    "以下是普通话的句子",
];

/// Transcribes a recording.
///
/// `progress` hears several times a second how much is done, 0 to 1, never falling. `cancel` stops the work within half a second with
/// [`SpeechError::Cancelled`]; nothing is kept. Other errors come from the engine.
pub fn transcribe(engine: &dyn Engine, pcm: &Pcm, progress: &dyn Fn(f32), cancel: &AtomicBool) -> Result<Transcript, SpeechError> {
    let probabilities = activity(engine, &pcm.samples, &|done| progress(done * ACTIVITY_SHARE), cancel)?;
    let pieces = pieces(&probabilities, pcm.samples.len());
    let total: usize = pieces.iter().map(std::ops::Range::len).sum();

    let mut transcript = Transcript::default();
    let (mut done, mut speed) = (0, Speed::default());
    for piece in pieces {
        let samples = to_f32(&pcm.samples[piece.clone()]);
        let started = Instant::now();
        let tick = || {
            let here = speed.share_done(started, samples.len()) * samples.len() as f32;
            progress(ACTIVITY_SHARE + (1.0 - ACTIVITY_SHARE) * (done as f32 + here) / total as f32);
        };
        let decoded = decode(engine, &samples, &tick, cancel)?;
        speed.measured(started, samples.len());
        done += samples.len();

        let text = clean(&decoded.text);
        if text.is_empty() {
            continue;
        }
        transcript.raw_text.push_str(&decoded.text);
        transcript.text.push_str(&text);
        let millis = |samples: usize| samples as i64 * 1000 / i64::from(SAMPLE_RATE);
        transcript.segments.push(Segment {
            start_ms: millis(piece.start),
            end_ms: millis(piece.end),
            text,
            confidence: decoded.confidence,
        });
    }
    progress(1.0);
    Ok(transcript)
}

/// Probability of speech for every frame.
fn activity(engine: &dyn Engine, samples: &[i16], progress: &dyn Fn(f32), cancel: &AtomicBool) -> Result<Vec<f32>, SpeechError> {
    let mut probabilities = Vec::with_capacity(samples.len().div_ceil(FRAME));
    for start in (0..samples.len()).step_by(WINDOW) {
        if cancel.load(Ordering::Relaxed) {
            return Err(SpeechError::Cancelled);
        }
        progress(start as f32 / samples.len() as f32);
        let from = start.saturating_sub(WARM_UP);
        let window = engine.speech(&to_f32(&samples[from..(start + WINDOW).min(samples.len())]))?;
        probabilities.extend(window.into_iter().skip((start - from) / FRAME));
    }
    Ok(probabilities)
}

/// Decodes with the trimmed context, and again with the whole one when the result cannot be what was said.
fn decode(engine: &dyn Engine, samples: &[f32], tick: &dyn Fn(), cancel: &AtomicBool) -> Result<Decoded, SpeechError> {
    let seconds = samples.len() as f32 / SAMPLE_RATE as f32;
    let first = engine.decode(samples, Context::Trimmed, tick, cancel)?;
    if !is_absurd(&first.text, seconds) {
        return Ok(first);
    }
    let mut second = engine.decode(samples, Context::Full, tick, cancel)?;
    if is_absurd(&second.text, seconds) {
        second.text = fold_repeats(&second.text);
        second.confidence /= 2.0;
    }
    Ok(second)
}

/// Learns how long the model takes, so that progress moves while it works on a piece.
#[derive(Default)]
struct Speed {
    seconds_per_sample: Option<f32>,
}

impl Speed {
    fn measured(&mut self, started: Instant, samples: usize) {
        self.seconds_per_sample = Some(started.elapsed().as_secs_f32() / samples.max(1) as f32);
    }

    /// How much of a piece is likely done; never all of it.
    fn share_done(&self, started: Instant, samples: usize) -> f32 {
        // Before the first measurement, a fifth of the sound's own length is as good a guess as any.
        let expected = self.seconds_per_sample.unwrap_or(0.2 / SAMPLE_RATE as f32) * samples.max(1) as f32;
        let share = started.elapsed().as_secs_f32() / expected.max(0.001);
        // Goes on more and more slowly when it takes longer than expected.
        share / (share + 0.5)
    }
}

fn to_f32(samples: &[i16]) -> Vec<f32> {
    samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect()
}

/// Whether a person cannot have said this in that time: too many characters, or the same ones again and again.
fn is_absurd(text: &str, seconds: f32) -> bool {
    let characters = text.chars().filter(|c| c.is_alphanumeric()).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    // Letters are not syllables: five of them count as one.
    (characters - latin + latin / 5) as f32 > MAX_CHARS_PER_SECOND * seconds + 4.0 || fold_repeats(text).len() < text.len()
}

/// Keeps one of what is repeated over and over.
fn fold_repeats(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut folded = String::new();
    let mut at = 0;
    while at < chars.len() {
        let repeat = (1..=20.min((chars.len() - at) / 3)).find_map(|unit| {
            let times = 1 + chars[at + unit..].chunks_exact(unit).take_while(|next| *next == &chars[at..at + unit]).count();
            // A word said three times is emphasis, a digit eight times may be a number.
            let limit = match unit {
                1 if chars[at].is_ascii_digit() => 14,
                1 => 9,
                2 | 3 => 5,
                _ => 4,
            };
            (times >= limit).then_some((unit, times))
        });
        let (unit, times) = repeat.unwrap_or((1, 1));
        folded.extend(&chars[at..at + unit]);
        at += unit * times;
    }
    folded
}

/// Simplified script, full-width punctuation, without sentences that nobody said.
fn clean(text: &str) -> String {
    let text = punctuate(&simplify(text));
    let mut kept = String::new();
    for sentence in text.split_inclusive(['。', '！', '？']) {
        let words: String = sentence.chars().filter(|c| c.is_alphanumeric()).collect();
        if !words.is_empty() && !MADE_UP.iter().any(|made_up| words.contains(made_up)) {
            kept.push_str(sentence);
        }
    }
    kept
}

/// Traditional characters to simplified ones; about a third of what the model writes is traditional.
pub fn simplify(text: &str) -> String {
    static CONVERTER: OnceLock<Option<OpenCC>> = OnceLock::new();
    match CONVERTER.get_or_init(|| OpenCC::from_config(BuiltinConfig::T2s).ok()) {
        Some(converter) => converter.convert(text),
        None => text.to_owned(),
    }
}

/// Chinese punctuation after Chinese characters, and a full stop at the end. Points and commas inside numbers stay.
fn punctuate(text: &str) -> String {
    let chars: Vec<char> = text.trim().chars().collect();
    let mut out = String::with_capacity(text.len() + 3);
    for (at, &c) in chars.iter().enumerate() {
        let next_is_digit = chars.get(at + 1).is_some_and(char::is_ascii_digit);
        let previous = out.chars().next_back();
        let in_latin =
            previous.is_some_and(|c| c.is_ascii_alphanumeric()) && chars.get(at + 1).is_some_and(char::is_ascii_alphanumeric);
        let full = match c {
            ',' if !(next_is_digit && in_latin) => '，',
            '.' if !in_latin => '。',
            '?' => '？',
            '!' => '！',
            ';' => '；',
            ':' if !(next_is_digit && in_latin) => '：',
            // The model sometimes sets a space where a comma belongs.
            ' ' if !in_latin => {
                let at_word =
                    previous.is_some_and(char::is_alphanumeric) && chars.get(at + 1).copied().is_some_and(char::is_alphanumeric);
                if !at_word {
                    continue;
                }
                '，'
            }
            other => other,
        };
        out.push(full);
    }
    if out.chars().next_back().is_some_and(char::is_alphanumeric) {
        out.push('。');
    } else if out.ends_with(['，', '、', '；', '：']) {
        out.pop();
        out.push('。');
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Hears whatever it is told, in place of a model; loud samples are speech.
    struct Fake {
        trimmed: &'static str,
        full: &'static str,
        asked: Mutex<Vec<Context>>,
    }

    impl Fake {
        fn new(trimmed: &'static str, full: &'static str) -> Self {
            Self { trimmed, full, asked: Mutex::default() }
        }
    }

    impl Engine for Fake {
        fn speech(&self, samples: &[f32]) -> Result<Vec<f32>, SpeechError> {
            Ok(samples.chunks(FRAME).map(|frame| if frame[0].abs() > 0.1 { 1.0 } else { 0.0 }).collect())
        }

        fn decode(&self, _: &[f32], context: Context, tick: &dyn Fn(), cancel: &AtomicBool) -> Result<Decoded, SpeechError> {
            self.asked.lock().unwrap().push(context);
            tick();
            if cancel.load(Ordering::Relaxed) {
                return Err(SpeechError::Cancelled);
            }
            let text = if context == Context::Full { self.full } else { self.trimmed };
            Ok(Decoded { text: text.into(), confidence: 0.8 })
        }
    }

    fn sound(parts: &[(u32, bool)]) -> Pcm {
        let samples =
            parts.iter().flat_map(|&(seconds, loud)| vec![if loud { 8_000 } else { 0 }; (seconds * SAMPLE_RATE) as usize]);
        Pcm { samples: samples.collect(), truncated: false }
    }

    fn run(engine: &Fake, pcm: &Pcm) -> Transcript {
        transcribe(engine, pcm, &|_| {}, &AtomicBool::new(false)).unwrap()
    }

    #[test]
    fn silence_is_never_shown_to_the_model() {
        let engine = Fake::new("字", "字");
        assert_eq!(run(&engine, &sound(&[(40, false)])), Transcript::default());
        assert_eq!(run(&engine, &Pcm::default()), Transcript::default());
        assert!(engine.asked.lock().unwrap().is_empty());
    }

    #[test]
    fn segments_keep_their_place_in_the_recording() {
        let engine = Fake::new("簽了合同", "");
        let transcript = run(&engine, &sound(&[(3, false), (2, true), (10, false), (2, true)]));
        assert_eq!(transcript.text, "签了合同。签了合同。");
        assert_eq!(transcript.raw_text, "簽了合同簽了合同");
        let times: Vec<_> = transcript.segments.iter().map(|s| (s.start_ms / 1000, s.end_ms / 1000)).collect();
        assert_eq!(times, [(2, 5), (14, 17)]);
    }

    #[test]
    fn a_loop_is_decoded_again_with_the_whole_context() {
        let looped = "好的好的好的好的好的好的好的好的";
        let engine = Fake::new(looped, "好的");
        assert_eq!(run(&engine, &sound(&[(3, true)])).text, "好的。");
        assert_eq!(*engine.asked.lock().unwrap(), [Context::Trimmed, Context::Full]);
        // A loop that stays is folded, and doubted.
        let transcript = run(&Fake::new(looped, looped), &sound(&[(3, true)]));
        assert_eq!((transcript.text.as_str(), transcript.segments[0].confidence), ("好的。", 0.4));
    }

    #[test]
    fn too_many_words_for_the_time_are_decoded_again() {
        let engine = Fake::new("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸天地玄黄宇宙洪荒", "一二");
        assert_eq!(run(&engine, &sound(&[(1, true)])).text, "一二。");
    }

    #[test]
    fn emphasis_and_long_numbers_are_no_loops() {
        for text in ["好好好，没问题", "电话13888888888", "谢谢谢谢"] {
            assert!(!is_absurd(text, 5.0), "{text}");
        }
    }

    #[test]
    fn subtitles_nobody_spoke_are_dropped() {
        assert_eq!(clean("请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"), "");
        assert_eq!(clean("字幕由Amara.org社区提供"), "");
        assert_eq!(clean("今天报了价。感谢观看！"), "今天报了价。");
        assert_eq!(clean("客户感谢我们"), "客户感谢我们。");
    }

    #[test]
    fn punctuation_is_chinese_but_numbers_stay() {
        assert_eq!(clean("報價1.2萬,他說12:30再談"), "报价1.2万，他说12:30再谈。");
        assert_eq!(clean("好的 我知道了,"), "好的，我知道了。");
    }

    #[test]
    fn progress_rises_to_one() {
        let seen = Mutex::new(vec![]);
        let pcm = sound(&[(20, true), (3, false), (20, true), (3, false), (20, true)]);
        transcribe(&Fake::new("好", "好"), &pcm, &|done| seen.lock().unwrap().push(done), &AtomicBool::new(false)).unwrap();
        let seen = seen.into_inner().unwrap();
        assert!(seen.is_sorted() && seen.len() > 5, "{seen:?}");
        assert_eq!(seen.last(), Some(&1.0));
    }

    #[test]
    fn cancelling_gives_the_typed_error() {
        let result = transcribe(&Fake::new("好", "好"), &sound(&[(5, true)]), &|_| {}, &AtomicBool::new(true));
        assert_eq!(result, Err(SpeechError::Cancelled));
    }
}
