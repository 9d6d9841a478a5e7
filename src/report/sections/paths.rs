//! Paths of customers from stage to stage as a Sankey diagram: heights are counts, so what goes in comes out.

use super::{Chapter, Language, Shown, Text};
use crate::report::page::Context;
use crate::report::page::markup::Markup;
use crate::report::page::numbers::Unit;
use crate::report::page::svg::{Anchor, FULL, Figure, figure, fit, label, path, px, rect};
use crate::report::page::table::{Cell, Column, Table};
use crate::report::words::{Translated, fill};

/// Flows between columns.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize, serde::Deserialize)]
pub struct Paths {
    /// Names of the columns from left to right, such as snapshots' dates.
    pub columns: Vec<Text>,
    /// In the order in which a column lists them, top first.
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
}

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Node {
    pub name: Text,
    /// Index into [`Paths::columns`].
    pub column: usize,
}

/// A flow from a node to a node of a later column.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Link {
    /// Indices into [`Paths::nodes`].
    pub from: usize,
    pub to: usize,
    pub customers: u64,
}

struct Words {
    heading: &'static str,
    title: &'static str,
    about: &'static str,
    tip: &'static str,
    from: &'static str,
    to: &'static str,
    share_of_from: &'static str,
}

static WORDS: Translated<Words> = Translated {
    english: Words {
        heading: "Paths",
        title: "Paths of customers",
        about: "Bands lead from where customers were to where they went; the height of a band is its number of customers.",
        tip: "{from} → {to} · {customers} customers",
        from: "From",
        to: "To",
        share_of_from: "Share of from",
    },
    simplified: Words {
        heading: "路径",
        title: "客户路径",
        about: "色带由客户原来的位置通往后来的位置；色带的高度表示客户数。",
        tip: "{from} → {to} · {customers} 位客户",
        from: "起点",
        to: "终点",
        share_of_from: "占起点的比例",
    },
    traditional: Words {
        heading: "路徑",
        title: "客戶路徑",
        about: "色帶由客戶原來的位置通往後來的位置；色帶的高度表示客戶數。",
        tip: "{from} → {to} · {customers} 位客戶",
        from: "起點",
        to: "終點",
        share_of_from: "占起點的比例",
    },
};

impl Shown for Paths {
    fn chapter(&self) -> Chapter {
        Chapter::Items
    }

    fn heading(&self, language: Language) -> &'static str {
        WORDS.of(language).heading
    }

    fn render(&self, m: &mut Markup, cx: Context, id: &str) {
        let known = |link: &&Link| {
            link.customers > 0
                && matches!((self.nodes.get(link.from), self.nodes.get(link.to)), (Some(a), Some(b)) if a.column < b.column)
        };
        let links: Vec<&Link> = self.links.iter().filter(known).collect();
        if links.is_empty() {
            m.leaf("p", &[("class", "quiet")], cx.words.no_rows);
            return;
        }
        let columns = self.nodes.iter().map(|n| n.column + 1).max().unwrap_or(1);
        let most = (0..columns).map(|c| self.nodes.iter().filter(|n| n.column == c).count()).max().unwrap_or(1);
        let height = (60.0 * most as f64).clamp(180.0, 620.0);
        let size = Figure {
            id: format!("{id}-flow"),
            title: WORDS.of(cx.language).title,
            about: WORDS.of(cx.language).about,
            width: FULL,
            height: height + TOP + 6.0,
        };
        figure(m, cx, &size, Some(&self.table(cx, &links)), |m| self.draw(m, cx, &links, columns, height));
    }
}

const TOP: f64 = 24.0;
const NODE_WIDTH: f64 = 10.0;
const GAP: f64 = 14.0;

/// Where a node lies and how much of its sides is taken.
struct Place {
    x: f64,
    y: f64,
    height: f64,
    customers: u64,
    out_taken: f64,
    in_taken: f64,
}

impl Paths {
    fn draw(&self, m: &mut Markup, cx: Context, links: &[&Link], columns: usize, height: f64) {
        let mut places = self.places(links, columns, height);
        // Links leave and enter in the order of the nodes on the other side, so that they cross as little as they can.
        let mut ordered = links.to_vec();
        ordered.sort_by_key(|l| (l.from, l.to));
        let unit = places.iter().find(|p| p.customers > 0).map_or(0.0, |p| p.height / p.customers as f64);
        for link in ordered {
            let thick = link.customers as f64 * unit;
            let (x0, y0) = (places[link.from].x + NODE_WIDTH, places[link.from].y + places[link.from].out_taken);
            let (x1, y1) = (places[link.to].x, places[link.to].y + places[link.to].in_taken);
            places[link.from].out_taken += thick;
            places[link.to].in_taken += thick;
            let middle = px((x0 + x1) / 2.0);
            let d = format!(
                "M{x0} {a}C{middle} {a} {middle} {b} {x1} {b}V{c}C{middle} {c} {middle} {e} {x0} {e}z",
                x0 = px(x0),
                x1 = px(x1),
                a = px(y0),
                b = px(y1),
                c = px(y1 + thick.max(0.6)),
                e = px(y0 + thick.max(0.6)),
            );
            let values = [
                ("from", &*self.nodes[link.from].name.shown(cx)),
                ("to", &*self.nodes[link.to].name.shown(cx)),
                ("customers", &cx.numbers.count(link.customers)),
            ];
            path(m, &d, "flow", &fill(WORDS.of(cx.language).tip, &values));
        }
        for (node, place) in self.nodes.iter().zip(&places).filter(|(_, p)| p.customers > 0) {
            rect(m, (place.x, place.y), (NODE_WIDTH, place.height.max(1.0)), "a", "");
            let (x, anchor) = match node.column + 1 == columns {
                true => (place.x - 6.0, Anchor::End),
                false => (place.x + NODE_WIDTH + 6.0, Anchor::Start),
            };
            let room = FULL / columns as f64 - 70.0;
            let text = format!(
                "{} {}",
                fit(&node.name.shown(cx), room.max(40.0), 12.0),
                cx.numbers.short(place.customers as f64)
            );
            label(m, x, place.y + place.height / 2.0 + 4.0, "halo", anchor, &text);
        }
        for (c, name) in self.columns.iter().enumerate().take(columns) {
            let (x, anchor) = match c + 1 == columns {
                true => (FULL, Anchor::End),
                false => (column_x(c, columns), Anchor::Start),
            };
            label(m, x, 12.0, "t", anchor, &name.shown(cx));
        }
    }

    fn places(&self, links: &[&Link], columns: usize, height: f64) -> Vec<Place> {
        let sum = |pick: &dyn Fn(&Link) -> bool| links.iter().filter(|l| pick(l)).map(|l| l.customers).sum::<u64>();
        let customers: Vec<u64> =
            (0..self.nodes.len()).map(|i| sum(&|l| l.from == i).max(sum(&|l| l.to == i))).collect();
        // One scale for all columns, set by the fullest.
        let mut unit = f64::INFINITY;
        for c in 0..columns {
            let members = || (0..self.nodes.len()).filter(|&i| self.nodes[i].column == c && customers[i] > 0);
            let total: u64 = members().map(|i| customers[i]).sum();
            if total > 0 {
                unit = unit.min((height - GAP * members().count().saturating_sub(1) as f64).max(20.0) / total as f64);
            }
        }
        let mut next = vec![TOP; columns];
        self.nodes
            .iter()
            .zip(customers)
            .map(|(node, customers)| {
                let size = customers as f64 * unit;
                let y = next[node.column];
                if customers > 0 {
                    next[node.column] += size + GAP;
                }
                Place { x: column_x(node.column, columns), y, height: size, customers, out_taken: 0.0, in_taken: 0.0 }
            })
            .collect()
    }

    fn table(&self, cx: Context, links: &[&Link]) -> Table {
        let w = WORDS.of(cx.language);
        let columns = [w.from, w.to, cx.words.customers, w.share_of_from];
        let mut table = Table { columns: columns.into_iter().map(Column::new).collect(), ..Table::default() };
        for link in links {
            let name = |i: usize| {
                let node = &self.nodes[i];
                let column = self.columns.get(node.column).map(|name| name.shown(cx)).unwrap_or_default();
                let own = node.name.shown(cx);
                Cell::Text(if column.is_empty() { own.into_owned() } else { format!("{own} · {column}") })
            };
            let of: u64 = links.iter().filter(|l| l.from == link.from).map(|l| l.customers).sum();
            table.push(vec![
                name(link.from),
                name(link.to),
                Cell::Count(link.customers),
                Cell::Number(link.customers as f64 / of as f64, Unit::Share),
            ]);
        }
        table
    }
}

fn column_x(column: usize, columns: usize) -> f64 {
    (FULL - NODE_WIDTH) * column as f64 / (columns.max(2) - 1) as f64
}

#[cfg(test)]
impl super::Sample for Paths {
    fn sample(_: &mut super::Draw, _: super::Size) -> Paths {
        let names = ["New", "Trading", "Loyal", "Lapsing", "Lost"];
        let columns = ["2011-06-01", "2011-09-01", "2011-12-10"].map(Text::from).to_vec();
        let nodes = (0..3).flat_map(|column| names.map(|name| Node { name: name.into(), column })).collect();
        let flows = [
            [60, 190, 20, 100, 30],
            [0, 820, 210, 260, 90],
            [0, 120, 980, 140, 20],
            [0, 160, 70, 420, 330],
            [0, 30, 5, 10, 900],
        ];
        let links = (0..2)
            .flat_map(|c| (0..25).map(move |i| (c, i / 5, i % 5)))
            .map(|(c, a, b)| Link { from: c * 5 + a, to: (c + 1) * 5 + b, customers: flows[a][b] })
            .collect();
        Paths { columns, nodes, links }
    }
}
