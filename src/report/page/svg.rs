//! Drawing: figures that carry their own title, description and table, and the few shapes that charts are made of.
//!
//! Charts are our own SVG rather than a chart crate's. charts-rs 2.3 writes a hexadecimal colour, an opacity and a font
//! size into every mark and measures text with a font of its own (168 kB in the binary), so a page could not turn dark
//! or be restyled for print; here a mark has a short class and its colour comes from the page's style sheet,
//! which also keeps a chart at a few kilobytes.

use super::Context;
use super::markup::Markup;
use super::table::Table;
use crate::numeric::math::{log10, pow};

/// Width of a chart that takes half a row on a desk and the whole of a telephone.
pub(crate) const HALF: f64 = 430.0;

/// Width of a chart that takes the whole row; it scrolls sideways on a telephone.
pub(crate) const FULL: f64 = 880.0;

/// What a chart is called and how large it is, in CSS pixels.
pub(crate) struct Figure<'a> {
    /// Unique on the page.
    pub id: String,
    pub title: &'a str,
    /// What the chart shows, for those who do not see it.
    pub about: &'a str,
    pub width: f64,
    pub height: f64,
}

/// One chart with its caption above and its table folded below; no table where the same one is open beside it.
pub(crate) fn figure(
    m: &mut Markup,
    cx: Context,
    figure: &Figure,
    table: Option<&Table>,
    draw: impl FnOnce(&mut Markup),
) {
    let (title_id, about_id) = (format!("{}-t", figure.id), format!("{}-d", figure.id));
    m.element("figure", &[("class", if figure.width > HALF { "wide" } else { "half" })], |m| {
        m.leaf("figcaption", &[], figure.title);
        m.element("div", &[("class", "scroll"), ("tabindex", "0")], |m| {
            let (width, height) = (px(figure.width), px(figure.height));
            m.element(
                "svg",
                &[
                    ("role", "img"),
                    ("aria-labelledby", &title_id),
                    ("aria-describedby", &about_id),
                    ("viewBox", &format!("0 0 {width} {height}")),
                    ("width", &width),
                    ("height", &height),
                ],
                |m| {
                    m.leaf("title", &[("id", &title_id)], figure.title);
                    m.leaf("desc", &[("id", &about_id)], figure.about);
                    draw(m);
                },
            );
        });
        if let Some(table) = table {
            m.element("details", &[], |m| {
                m.leaf("summary", &[], cx.words.as_table);
                table.grid(m, cx);
            });
        }
    });
}

/// A coordinate with at most one decimal; kept near the picture, since a page must stay small whatever the numbers.
pub(crate) fn px(value: f64) -> String {
    let value = if value.is_finite() { value.clamp(-99_999.0, 99_999.0) } else { 0.0 };
    let rounded = (value * 10.0).round() / 10.0;
    if rounded == rounded.trunc() { format!("{rounded:.0}") } else { format!("{rounded:.1}") }
}

/// Where a text starts from.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// Text with its baseline at `y`; nothing where there is no place for it.
pub(crate) fn label(m: &mut Markup, x: f64, y: f64, class: &str, anchor: Anchor, text: &str) {
    if !(x.is_finite() && y.is_finite()) {
        return;
    }
    let (x, y) = (px(x), px(y));
    let mut attributes = vec![("x", x.as_str()), ("y", y.as_str())];
    if !class.is_empty() {
        attributes.push(("class", class));
    }
    match anchor {
        Anchor::Start => {}
        Anchor::Middle => attributes.push(("text-anchor", "middle")),
        Anchor::End => attributes.push(("text-anchor", "end")),
    }
    m.leaf("text", &attributes, text);
}

/// A rectangle that says `tip` when pointed at, unless `tip` is empty. Negative sizes become zero; what is not finite
/// is not drawn, here and below.
pub(crate) fn rect(m: &mut Markup, (x, y): (f64, f64), (width, height): (f64, f64), class: &str, tip: &str) {
    if ![x, y, width, height].iter().all(|v| v.is_finite()) {
        return;
    }
    let attributes = [
        ("class", class),
        ("x", &px(x)),
        ("y", &px(y)),
        ("width", &px(width.max(0.0))),
        ("height", &px(height.max(0.0))),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    mark(m, "rect", &attributes, tip);
}

/// A dot that says `tip` when pointed at.
pub(crate) fn dot(m: &mut Markup, (x, y): (f64, f64), radius: f64, class: &str, tip: &str) {
    if !(x.is_finite() && y.is_finite()) {
        return;
    }
    let attributes = [("class", class.to_owned()), ("cx", px(x)), ("cy", px(y)), ("r", px(radius))];
    mark(m, "circle", &attributes, tip);
}

/// A path that says `tip` when pointed at.
pub(crate) fn path(m: &mut Markup, d: &str, class: &str, tip: &str) {
    mark(m, "path", &[("class", class.to_owned()), ("d", d.to_owned())], tip);
}

pub(crate) fn line(m: &mut Markup, (x1, y1): (f64, f64), (x2, y2): (f64, f64), class: &str) {
    if ![x1, y1, x2, y2].iter().all(|v| v.is_finite()) {
        return;
    }
    path(m, &format!("M{} {}L{} {}", px(x1), px(y1), px(x2), px(y2)), class, "");
}

/// A line through points; a point that is not finite interrupts it.
pub(crate) fn polyline(m: &mut Markup, points: impl Iterator<Item = (f64, f64)>, class: &str) {
    let mut d = String::new();
    let mut pen_down = false;
    for (x, y) in points {
        if !(x.is_finite() && y.is_finite()) {
            pen_down = false;
            continue;
        }
        d.push(if pen_down { 'L' } else { 'M' });
        d.push_str(&px(x));
        d.push(' ');
        d.push_str(&px(y));
        pen_down = true;
    }
    if !d.is_empty() {
        path(m, &d, class, "");
    }
}

fn mark(m: &mut Markup, tag: &str, attributes: &[(&str, String)], tip: &str) {
    let attributes: Vec<(&str, &str)> = attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    match tip {
        "" => m.empty(tag, &attributes),
        tip => m.element(tag, &attributes, |m| m.leaf("title", &[], tip)),
    }
}

/// A linear scale from values to pixels.
#[derive(Clone, Copy)]
pub(crate) struct Scale {
    pub low: f64,
    pub high: f64,
    pub from: f64,
    pub to: f64,
}

impl Scale {
    /// A scale whose ends are round numbers that hold all finite values.
    pub fn round(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Scale {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.filter(|v| v.is_finite()) {
            (low, high) = (low.min(v), high.max(v));
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if low == high {
            (low, high) = if low == 0.0 { (0.0, 1.0) } else { (low.min(0.0), high.max(0.0)) };
        }
        let step = round_step(high - low, 4);
        Scale { low: (low / step).floor() * step, high: (high / step).ceil() * step, from, to }
    }

    pub fn at(self, value: f64) -> f64 {
        self.from + (value - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// Round values inside the scale, about `wanted` of them.
    pub fn ticks(self, wanted: usize) -> Vec<f64> {
        let step = round_step(self.high - self.low, wanted);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }
}

/// 1, 2 or 5 times a power of ten, near a `parts`-th of `span`.
fn round_step(span: f64, parts: usize) -> f64 {
    let raw = span / parts.max(1) as f64;
    let power = pow(10f64, log10(raw).floor());
    let factor = match raw / power {
        f if f <= 1.0 + 1e-9 => 1.0,
        f if f <= 2.0 + 1e-9 => 2.0,
        f if f <= 5.0 + 1e-9 => 5.0,
        _ => 10.0,
    };
    factor * power
}

/// The step 0..=8 of the page's colour ramp for a share of the largest value.
pub(crate) fn shade(share: f64) -> usize {
    match share.is_finite() {
        true => (share.clamp(0.0, 1.0) * 8.0).round() as usize,
        false => 0,
    }
}

/// Class of a cell in that step.
pub(crate) fn shade_class(step: usize) -> &'static str {
    ["q0", "q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8"][step.min(8)]
}

/// Class of a text that stands on a cell of that step.
pub(crate) fn on_shade(step: usize) -> &'static str {
    if step >= 6 { "on" } else { "" }
}

/// Estimated width of text in the page's font: system fonts differ, so this errs on the wide side.
pub(crate) fn text_width(text: &str, font_px: f64) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.36,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.92,
            c if c.is_uppercase() => 0.72,
            c if (c as u32) >= 0x2e80 => 1.02,
            _ => 0.61,
        })
        .sum::<f64>()
        * font_px
}

/// The text, cut with an ellipsis where it would be wider than `width`.
pub(crate) fn fit(text: &str, width: f64, font_px: f64) -> String {
    if text_width(text, font_px) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = text_width("…", font_px);
    for c in text.chars() {
        used += text_width(c.encode_utf8(&mut [0; 4]), font_px);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_round_numbers() {
        let s = Scale::round([3.0, 97.0].into_iter(), 0.0, 100.0);
        assert_eq!((s.low, s.high), (0.0, 100.0));
        assert_eq!(s.ticks(5), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(s.at(50.0), 50.0);
    }

    #[test]
    fn scales_survive_nothing_and_sameness() {
        for values in [vec![], vec![f64::NAN], vec![0.0], vec![5.0], vec![-5.0], vec![1e-12], vec![1e15]] {
            let s = Scale::round(values.iter().copied(), 0.0, 100.0);
            assert!(s.low < s.high, "{values:?}");
            assert!((2..=8).contains(&s.ticks(4).len()), "{values:?} {:?}", s.ticks(4));
            assert!(values.iter().filter(|v| v.is_finite()).all(|&v| (0.0..=100.0).contains(&s.at(v))));
        }
    }

    #[test]
    fn coordinates_are_short() {
        assert_eq!((px(12.04), px(12.06), px(-0.01), px(7.0)), ("12".into(), "12.1".into(), "-0".into(), "7".into()));
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(fit("short", 100.0, 12.0), "short");
        let cut = fit("WHITE HANGING HEART T-LIGHT HOLDER", 100.0, 12.0);
        assert!(cut.ends_with('…') && text_width(&cut, 12.0) <= 100.0, "{cut}");
    }
}
