//! Rules as text for other programs: CSV, JSON and PMML.

use super::super::itemsets::{Style, json_string};
use super::super::sets::{IN_FIELD, joined};
use super::AssociationRule;
use crate::orders::Names;

/// A column of numbers beside the rules.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportColumn {
    /// Its name.
    pub name: String,
    /// One value for each rule.
    pub values: Vec<f64>,
}

/// Rules as lines of Borgelt's programs, `consequent <- antecedent (count, confidence)`, items divided by blanks (those within a
/// name become underscores, as where itemsets are written), the confidence in percent.
pub fn rules_fimi(rules: &[AssociationRule], names: &Names) -> String {
    let side = |items: &[u32]| spaced(items, names, Style::Fimi);
    let line = |rule: &AssociationRule| {
        let percent = rule.counts.confidence() * 100.0;
        format!("{} <- {} ({}, {percent})\n", side(&rule.right), side(&rule.left), rule.counts.both)
    };
    rules.iter().map(line).collect()
}

/// Rules as lines of SPMF, `antecedent ==> consequent #SUP: count #CONF: confidence`, names as for [`rules_fimi`].
pub fn rules_spmf(rules: &[AssociationRule], names: &Names) -> String {
    let side = |items: &[u32]| spaced(items, names, Style::Spmf);
    let line = |rule: &AssociationRule| {
        let confidence = rule.counts.confidence();
        format!("{} ==> {} #SUP: {} #CONF: {confidence}\n", side(&rule.left), side(&rule.right), rule.counts.both)
    };
    rules.iter().map(line).collect()
}

fn spaced(items: &[u32], names: &Names, style: Style) -> String {
    items.iter().map(|&item| style.item(names.get(item))).collect::<Vec<_>>().join(" ")
}

/// Rules as CSV: columns `antecedent` and `consequent`, then one for each of `columns`. Items are divided by `;`; one that holds a
/// `;` without a blank behind it, or begins with a quote, is in double quotes inside the field, its own quotes doubled. Infinity is
/// `inf`, what is not defined is empty.
pub fn rules_csv(rules: &[AssociationRule], names: &Names, columns: &[ExportColumn]) -> String {
    let mut text = String::from("antecedent,consequent");
    for column in columns {
        text.push(',');
        text.push_str(&csv_field(&column.name));
    }
    text.push('\n');
    let side = |items: &[u32]| csv_field(&joined(items.iter().map(|&item| names.get(item)), IN_FIELD, &[IN_FIELD]));
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&side(&rule.left));
        text.push(',');
        text.push_str(&side(&rule.right));
        for column in columns {
            text.push_str(&format!(",{}", number(column.values[at], ["inf", "-inf", ""])));
        }
        text.push('\n');
    }
    text
}

/// Rules as a JSON array of objects with the arrays `antecedent` and `consequent` and one number for each of `columns`;
/// infinity is the text `"Infinity"`, as JSON has no number for it, and what is not defined is `null`.
pub fn rules_json(rules: &[AssociationRule], names: &Names, columns: &[ExportColumn]) -> String {
    let side = |items: &[u32]| items.iter().map(|&item| json_string(names.get(item))).collect::<Vec<_>>().join(",");
    let objects: Vec<String> = rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let mut object = format!("{{\"antecedent\":[{}],\"consequent\":[{}]", side(&rule.left), side(&rule.right));
            for column in columns {
                object.push_str(&format!(",{}:{}", json_string(&column.name), number(column.values[at], NOT_FINITE)));
            }
            object + "}"
        })
        .collect();
    if objects.is_empty() { "[]\n".into() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
}

/// Rules as a PMML 4.4 association model (Data Mining Group, "PMML 4.4 - Association Rules").
///
/// What a reader may ask of a basket is the best rule that it satisfies and whose consequent it lacks, by confidence.
/// `min_support` and `min_confidence` are the thresholds that the rules were mined with.
pub fn pmml(rules: &[AssociationRule], names: &Names, baskets: u64, min_support: f64, min_confidence: f64) -> String {
    let mut sets: Vec<&[u32]> = rules.iter().flat_map(|rule| [&rule.left[..], &rule.right[..]]).collect();
    sets.sort_unstable_by_key(|set| (set.len(), *set));
    sets.dedup();
    let mut items: Vec<u32> = sets.iter().flat_map(|set| set.iter().copied()).collect();
    items.sort_unstable();
    items.dedup();
    let set_id =
        |set: &[u32]| sets.binary_search_by_key(&(set.len(), set), |set| (set.len(), *set)).expect("all sides") + 1;

    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.push_str("<PMML version=\"4.4\" xmlns=\"http://www.dmg.org/PMML-4_4\">\n");
    text.push_str("  <Header description=\"association rules\">\n    <Application name=\"patron\"/>\n  </Header>\n");
    text.push_str("  <DataDictionary numberOfFields=\"2\">\n");
    text.push_str("    <DataField name=\"order\" optype=\"categorical\" dataType=\"string\"/>\n");
    text.push_str("    <DataField name=\"item\" optype=\"categorical\" dataType=\"string\"/>\n  </DataDictionary>\n");
    text.push_str(&format!(
        "  <AssociationModel functionName=\"associationRules\" numberOfTransactions=\"{baskets}\" numberOfItems=\"{}\" \
         minimumSupport=\"{min_support}\" minimumConfidence=\"{min_confidence}\" numberOfItemsets=\"{}\" \
         numberOfRules=\"{}\">\n",
        items.len(),
        sets.len(),
        rules.len()
    ));
    text.push_str("    <MiningSchema>\n      <MiningField name=\"order\" usageType=\"group\"/>\n");
    text.push_str("      <MiningField name=\"item\" usageType=\"active\"/>\n    </MiningSchema>\n    <Output>\n");
    for (name, kind, of) in OFFERED {
        text.push_str(&format!(
            "      <OutputField name=\"{name}\" {kind} feature=\"ruleValue\" ruleFeature=\"{of}\"/>\n"
        ));
    }
    text.push_str("    </Output>\n");
    for &item in &items {
        text.push_str(&format!("    <Item id=\"{}\" value=\"{}\"/>\n", item + 1, xml(names.get(item))));
    }
    for (at, set) in sets.iter().enumerate() {
        text.push_str(&format!("    <Itemset id=\"{}\" numberOfItems=\"{}\">\n", at + 1, set.len()));
        for item in *set {
            text.push_str(&format!("      <ItemRef itemRef=\"{}\"/>\n", item + 1));
        }
        text.push_str("    </Itemset>\n");
    }
    for (at, rule) in rules.iter().enumerate() {
        text.push_str(&format!(
            "    <AssociationRule id=\"{}\" antecedent=\"{}\" consequent=\"{}\" support=\"{}\" confidence=\"{}\" lift=\"{}\"/>\n",
            at + 1,
            set_id(&rule.left),
            set_id(&rule.right),
            rule.counts.support(),
            rule.counts.confidence(),
            rule.counts.lift()
        ));
    }
    text.push_str("  </AssociationModel>\n</PMML>\n");
    text
}

/// What a reader of PMML may ask of a basket: name, type and what it is of the best rule.
const OFFERED: [(&str, &str, &str); 3] = [
    ("offer", "optype=\"categorical\" dataType=\"string\"", "consequent"),
    ("offer_rule", "optype=\"categorical\" dataType=\"string\"", "ruleId"),
    ("offer_confidence", "optype=\"continuous\" dataType=\"double\"", "confidence"),
];

/// How JSON says infinity, minus infinity, and that there is no value.
const NOT_FINITE: [&str; 3] = ["\"Infinity\"", "\"-Infinity\"", "null"];

/// A number, or the word for infinity, minus infinity or no value.
fn number(value: f64, [infinite, below, none]: [&str; 3]) -> String {
    match value {
        f64::INFINITY => infinite.to_owned(),
        f64::NEG_INFINITY => below.to_owned(),
        value if value.is_nan() => none.to_owned(),
        value => value.to_string(),
    }
}

fn csv_field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

/// An attribute's text; control characters that XML 1.0 forbids become the replacement character.
fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push_str(&format!("&#{};", c as u32)),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::Counts;
    use super::*;

    fn example() -> (Vec<AssociationRule>, Names, Vec<ExportColumn>) {
        let rule = AssociationRule {
            left: vec![0, 2],
            right: vec![1],
            counts: Counts { both: 2, left: 4, right: 5, total: 10 },
        };
        let names: Names = ["milk", "bread, \"white\" & <fresh>", "beer"].into_iter().collect();
        let columns = vec![
            ExportColumn { name: "lift".into(), values: vec![1.0] },
            ExportColumn { name: "boost".into(), values: vec![f64::INFINITY] },
            ExportColumn { name: "lowest".into(), values: vec![f64::NEG_INFINITY] },
            ExportColumn { name: "conviction".into(), values: vec![f64::NAN] },
        ];
        (vec![rule], names, columns)
    }

    #[test]
    fn csv_and_json_quote_what_needs_it() {
        let (rules, names, columns) = example();
        let csv = rules_csv(&rules, &names, &columns);
        assert_eq!(
            csv,
            "antecedent,consequent,lift,boost,lowest,conviction\nmilk;beer,\"bread, \"\"white\"\" & <fresh>\",1,inf,-inf,\n"
        );
        let json = rules_json(&rules, &names, &columns);
        let expected = r#"{"antecedent":["milk","beer"],"consequent":["bread, \"white\" & <fresh>"],"lift":1,"boost":"Infinity","lowest":"-Infinity","conviction":null}"#;
        assert_eq!(json, format!("[\n{expected}\n]\n"));
    }

    #[test]
    fn lines_of_other_miners() {
        let (rules, names, _) = example();
        assert_eq!(rules_fimi(&rules, &names), "bread,_\"white\"_&_<fresh> <- milk beer (2, 50)\n");
        assert_eq!(rules_spmf(&rules, &names), "milk beer ==> bread,_\"white\"_&_<fresh> #SUP: 2 #CONF: 0.5\n");
    }

    /// An element of the association model: its attributes (name, what its value must be, whether it must be there) and the
    /// elements inside it in their order (name, fewest, most), as the schema of PMML 4.4 has them.
    struct Form {
        name: &'static str,
        attributes: &'static [(&'static str, Kind, bool)],
        inside: &'static [(&'static str, usize, usize)],
    }

    #[derive(Clone, Copy, Debug)]
    enum Kind {
        Text,
        Natural,
        /// From 0 to 1.
        Share,
        Real,
        One(&'static [&'static str]),
    }

    const MANY: usize = usize::MAX;
    const OPTYPE: Kind = Kind::One(&["categorical", "ordinal", "continuous"]);
    const FORMS: [Form; 13] = [
        Form {
            name: "PMML",
            attributes: &[
                ("version", Kind::One(&["4.4"]), true),
                ("xmlns", Kind::One(&["http://www.dmg.org/PMML-4_4"]), true),
            ],
            inside: &[("Header", 1, 1), ("DataDictionary", 1, 1), ("AssociationModel", 1, 1)],
        },
        Form {
            name: "Header",
            attributes: &[("copyright", Kind::Text, false), ("description", Kind::Text, false)],
            inside: &[("Application", 0, 1)],
        },
        Form {
            name: "Application",
            attributes: &[("name", Kind::Text, true), ("version", Kind::Text, false)],
            inside: &[],
        },
        Form {
            name: "DataDictionary",
            attributes: &[("numberOfFields", Kind::Natural, false)],
            inside: &[("DataField", 1, MANY)],
        },
        Form {
            name: "DataField",
            attributes: &[
                ("name", Kind::Text, true),
                ("optype", OPTYPE, true),
                ("dataType", Kind::One(&["string", "integer", "double"]), true),
            ],
            inside: &[],
        },
        Form {
            name: "AssociationModel",
            attributes: &[
                ("functionName", Kind::One(&["associationRules"]), true),
                ("numberOfTransactions", Kind::Natural, true),
                ("minimumSupport", Kind::Share, true),
                ("minimumConfidence", Kind::Share, true),
                ("numberOfItems", Kind::Natural, true),
                ("numberOfItemsets", Kind::Natural, true),
                ("numberOfRules", Kind::Natural, true),
            ],
            inside: &[
                ("MiningSchema", 1, 1),
                ("Output", 0, 1),
                ("Item", 0, MANY),
                ("Itemset", 0, MANY),
                ("AssociationRule", 0, MANY),
            ],
        },
        Form { name: "MiningSchema", attributes: &[], inside: &[("MiningField", 1, MANY)] },
        Form {
            name: "MiningField",
            attributes: &[("name", Kind::Text, true), ("usageType", Kind::One(&["active", "group"]), false)],
            inside: &[],
        },
        Form { name: "Output", attributes: &[], inside: &[("OutputField", 1, MANY)] },
        Form {
            name: "OutputField",
            attributes: &[
                ("name", Kind::Text, true),
                ("optype", OPTYPE, false),
                ("dataType", Kind::One(&["string", "integer", "double"]), true),
                ("feature", Kind::One(&["ruleValue"]), false),
                ("ruleFeature", Kind::One(&["antecedent", "consequent", "confidence", "ruleId"]), false),
            ],
            inside: &[],
        },
        Form { name: "Item", attributes: &[("id", Kind::Text, true), ("value", Kind::Text, true)], inside: &[] },
        Form {
            name: "Itemset",
            attributes: &[
                ("id", Kind::Text, true),
                ("support", Kind::Share, false),
                ("numberOfItems", Kind::Natural, false),
            ],
            inside: &[("ItemRef", 0, MANY)],
        },
        Form {
            name: "AssociationRule",
            attributes: &[
                ("id", Kind::Text, false),
                ("antecedent", Kind::Text, true),
                ("consequent", Kind::Text, true),
                ("support", Kind::Share, true),
                ("confidence", Kind::Share, true),
                ("lift", Kind::Real, false),
            ],
            inside: &[],
        },
    ];

    #[derive(Debug)]
    struct Element {
        name: String,
        attributes: Vec<(String, String)>,
        inside: Vec<Element>,
    }

    impl Element {
        fn get(&self, name: &str) -> &str {
            &self.attributes.iter().find(|(known, _)| known == name).expect("an attribute").1
        }

        fn all(&self, name: &str) -> Vec<&Element> {
            self.inside.iter().filter(|inside| inside.name == name).collect()
        }
    }

    /// Reads an element of XML without text, comments or namespaces; anything else is a mistake.
    fn element(mut rest: &str) -> (Element, &str) {
        let name_ends = |c: char| !c.is_ascii_alphanumeric();
        rest = rest.trim_start().strip_prefix('<').expect("an element");
        let (name, mut rest) = rest.split_at(rest.find(name_ends).expect("an end"));
        let mut read = Element { name: name.to_owned(), attributes: Vec::new(), inside: Vec::new() };
        while rest.starts_with(' ') {
            let (attribute, after) = rest[1..].split_once("=\"").expect("an attribute");
            let (value, after) = after.split_once('"').expect("a closed value");
            assert!(!attribute.contains(name_ends) && !value.contains('<'), "{attribute}={value}");
            assert!(read.attributes.iter().all(|(known, _)| known != attribute), "{attribute} twice");
            read.attributes.push((attribute.to_owned(), unescaped(value)));
            rest = after;
        }
        if let Some(rest) = rest.strip_prefix("/>") {
            return (read, rest);
        }
        rest = rest.strip_prefix('>').expect("an end of the tag");
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix("</") {
                return (
                    read,
                    after.strip_prefix(name).and_then(|after| after.strip_prefix('>')).expect("the same name"),
                );
            }
            let (inside, after) = element(rest);
            read.inside.push(inside);
            rest = after;
        }
    }

    fn unescaped(text: &str) -> String {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('&') {
            let (name, after) = after.split_once(';').expect("a closed reference");
            plain.push_str(before);
            plain.push(match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                other => char::from_u32(other.strip_prefix('#').expect("a number").parse().expect("a number"))
                    .expect("a sign"),
            });
            rest = after;
        }
        plain + rest
    }

    fn conforms(element: &Element) {
        let form = FORMS.iter().find(|form| form.name == element.name);
        let Some(form) = form else {
            assert!(
                element.name == "ItemRef" && element.attributes.len() == 1 && element.inside.is_empty(),
                "{element:?}"
            );
            return;
        };
        for (name, value) in &element.attributes {
            let (_, kind, _) = form.attributes.iter().find(|row| row.0 == name).unwrap_or_else(|| panic!("{name}"));
            let fits = match kind {
                Kind::Text => true,
                Kind::Natural => value.parse::<u64>().is_ok(),
                Kind::Share => value.parse::<f64>().is_ok_and(|share| (0.0..=1.0).contains(&share)),
                Kind::Real => value.parse::<f64>().is_ok_and(f64::is_finite),
                Kind::One(values) => values.contains(&value.as_str()),
            };
            assert!(fits, "{} has {name}={value}, not {kind:?}", form.name);
        }
        for (name, _, needed) in form.attributes {
            assert!(!needed || element.attributes.iter().any(|(known, _)| known == name), "{} lacks {name}", form.name);
        }
        let mut left = &element.inside[..];
        for &(name, least, most) in form.inside {
            let same = left.iter().take_while(|inside| inside.name == name).count();
            assert!((least..=most).contains(&same), "{same} times {name} in {}", form.name);
            left = &left[same..];
        }
        assert!(left.is_empty(), "{} must not hold {left:?} there", form.name);
        element.inside.iter().for_each(conforms);
    }

    /// Reads the model as the schema demands, and the rules back out of it.
    fn read_pmml(text: &str) -> Vec<(Vec<String>, Vec<String>, f64)> {
        let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>").expect("a declaration");
        let (root, rest) = element(rest);
        assert!(rest.trim().is_empty() && root.name == "PMML", "{rest}");
        conforms(&root);
        let dictionary = root.all("DataDictionary")[0];
        assert_eq!(dictionary.get("numberOfFields"), dictionary.inside.len().to_string());
        let model = root.all("AssociationModel")[0];
        let fields: Vec<&str> = dictionary.inside.iter().map(|field| field.get("name")).collect();
        assert!(model.all("MiningSchema")[0].inside.iter().all(|field| fields.contains(&field.get("name"))));
        let [items, sets, rules] = ["Item", "Itemset", "AssociationRule"].map(|name| model.all(name));
        for (count, of) in [("numberOfItems", &items), ("numberOfItemsets", &sets), ("numberOfRules", &rules)] {
            assert_eq!(model.get(count), of.len().to_string(), "{count}");
            let mut ids: Vec<&str> = of.iter().map(|element| element.get("id")).collect();
            ids.sort_unstable();
            assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{count}: an id stands twice");
        }
        let by_id =
            |of: &[&Element], id: &str| of.iter().position(|element| element.get("id") == id).expect("it is there");
        let side = |id: &str| -> Vec<String> {
            let set = sets[by_id(&sets, id)];
            assert_eq!(set.get("numberOfItems"), set.inside.len().to_string());
            set.inside.iter().map(|item| items[by_id(&items, item.get("itemRef"))].get("value").to_owned()).collect()
        };
        let rule = |rule: &&Element| {
            let confidence = rule.get("confidence").parse().expect("a number");
            (side(rule.get("antecedent")), side(rule.get("consequent")), confidence)
        };
        rules.iter().map(rule).collect()
    }

    #[test]
    fn pmml_keeps_to_the_schema_and_is_read_back() {
        let (mut rules, _, _) = example();
        rules.push(AssociationRule {
            left: vec![],
            right: vec![0],
            counts: Counts { both: 7, left: 10, right: 7, total: 10 },
        });
        rules.push(AssociationRule {
            left: vec![1],
            right: vec![0, 2],
            counts: Counts { both: 1, left: 5, right: 2, total: 10 },
        });
        let names: Names = ["milk", "bread, \"white\" & <fresh>\n\tcafé", "beer"].into_iter().collect();
        let read = read_pmml(&pmml(&rules, &names, 10, 0.1, 0.2));
        let words = |items: &[u32]| items.iter().map(|&item| names.get(item).to_owned()).collect::<Vec<_>>();
        let expected: Vec<_> =
            rules.iter().map(|rule| (words(&rule.left), words(&rule.right), rule.counts.confidence())).collect();
        assert_eq!(read, expected);
        assert!(read_pmml(&pmml(&[], &names, 0, 0.0, 0.5)).is_empty());
    }
}
