//! Outside sources: files by pattern, and tables of another pipeline's last good run.

use std::path::{Path, PathBuf};

use crate::program::{Gave, ask, call, patron, run, run_into, step};
use crate::small_shop;

/// A shop with its pipeline that has run, and a pipeline that reads the shop's orders.
struct Two {
    shop: tempfile::TempDir,
    shop_pipeline: PathBuf,
    reader: tempfile::TempDir,
    reader_pipeline: PathBuf,
}

impl Two {
    fn new() -> Two {
        let (shop, reader) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let shop_pipeline = small_shop::write(shop.path(), 14);
        let reader_pipeline = reader.path().join("reader.toml");
        let two = Two { shop, shop_pipeline, reader, reader_pipeline };
        two.reads("orders");
        two
    }

    fn address(&self, table: &str) -> String {
        format!("run:{}/{table}", self.shop.path().join("out").display())
    }

    fn reads(&self, table: &str) {
        let text = format!(
            "[run]\nname = \"reader\"\n\n[stage.bought]\nkind = \"ingest\"\npaths = [\"{}\"]\n\n\
             [stage.sums]\nkind = \"sql\"\ninputs = [\"bought\"]\n\
             query = \"SELECT customer, CAST(sum(quantity) AS DOUBLE) AS pieces FROM bought GROUP BY customer ORDER BY customer\"\n\
             columns = {{ customer = \"text\", pieces = \"number\" }}\n",
            self.address(table)
        );
        std::fs::write(&self.reader_pipeline, text).expect("written");
    }

    fn run_shop(&self) {
        let gave = run_into(&self.shop_pipeline, self.shop.path(), &["--quiet"]);
        assert_eq!(gave.code, 0, "{}", gave.err);
    }

    fn run_reader(&self) -> Gave {
        run_into(&self.reader_pipeline, self.reader.path(), &["--quiet"])
    }
}

/// What `patron plan` says of each step: whether it would be made, and why.
fn planned(pipeline: &Path, folder: &Path) -> Vec<(String, bool, String)> {
    let mut command = patron();
    command.arg("plan").arg(pipeline).args(["--format", "json", "--out"]).arg(folder.join("out"));
    let gave = run(command.arg("--models").arg(folder.join("models")));
    assert_eq!(gave.code, 0, "{}", gave.err);
    let steps: Vec<serde_json::Value> = serde_json::from_str(&gave.out).expect("JSON");
    let of = |step: &serde_json::Value, key: &str| step[key].as_str().expect("a text").to_owned();
    steps.iter().map(|step| (of(step, "name"), step["reused"] == false, of(step, "why"))).collect()
}

#[test]
fn a_table_of_another_pipelines_last_good_run_is_read_with_its_types() {
    let two = Two::new();
    two.run_shop();
    let gave = two.run_reader();
    assert_eq!(gave.code, 0, "{}", gave.err);
    let (shop, reader) = (two.shop.path(), two.reader.path());
    let columns = "\"order\", customer, time, item, quantity, unit_price, amount";
    let theirs = ask(&two.shop_pipeline, shop, &format!("SELECT {columns} FROM orders"));
    let ours = ask(&two.reader_pipeline, reader, &format!("SELECT {columns} FROM bought ORDER BY source_line"));
    assert!(theirs.len() > 400, "{}", theirs.len());
    assert_eq!(ours, theirs);
    let places = "SELECT min(source_line), max(source_line), count(DISTINCT source_line), min(source_file) FROM bought";
    let expected = format!("1,{0},{0},{1}", theirs.len(), two.address("orders"));
    assert_eq!(ask(&two.reader_pipeline, reader, places), [expected]);
    let types = "SELECT column_name || ' ' || data_type FROM information_schema.columns WHERE table_name = 'TABLE' AND column_name IN ('time', 'quantity', 'amount', 'customer') ORDER BY column_name";
    let of = |pipeline: &Path, folder: &Path, table: &str| ask(pipeline, folder, &types.replace("TABLE", table));
    assert_eq!(of(&two.reader_pipeline, reader, "bought"), of(&two.shop_pipeline, shop, "orders"));
}

#[test]
fn it_is_read_again_only_when_its_content_is_another() {
    let two = Two::new();
    two.run_shop();
    assert_eq!(two.run_reader().code, 0);
    // The other pipeline runs again, to the same end.
    let gave = run_into(&two.shop_pipeline, two.shop.path(), &["--quiet", "--force"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    let reader = two.reader.path();
    let again = planned(&two.reader_pipeline, reader);
    assert!(again.iter().all(|(_, made, _)| !made), "{again:?}");
    assert_eq!(two.run_reader().code, 0);
    assert_eq!(step(reader, "bought")["status"], "reused");

    let before = ask(&two.reader_pipeline, reader, "SELECT sum(pieces) FROM sums");
    small_shop::write(two.shop.path(), 15);
    two.run_shop();
    let (name, made, why) = planned(&two.reader_pipeline, reader).remove(0);
    assert_eq!((name.as_str(), made, why), ("bought", true, format!("{} changed", two.address("orders"))));
    assert_eq!(two.run_reader().code, 0);
    assert_ne!(ask(&two.reader_pipeline, reader, "SELECT sum(pieces) FROM sums"), before);
}

#[test]
fn a_table_that_is_not_there_or_not_whole_is_refused() {
    let two = Two::new();
    let gave = two.run_reader();
    assert!(gave.code != 0 && gave.err.contains("error[no-run]"), "{}", gave.err);
    let (_, made, why) = planned(&two.reader_pipeline, two.reader.path()).remove(0);
    assert!(made && why.contains("no finished run"), "{why}");

    two.run_shop();
    two.reads("ordres");
    let gave = two.run_reader();
    assert!(gave.code != 0 && gave.err.contains("did you mean `orders`?"), "{}", gave.err);

    two.reads("orders");
    let store = two.shop.path().join("out/store");
    let fingerprint = step(two.shop.path(), "orders")["fingerprint"].as_str().expect("a text").to_owned();
    let table = store.join(fingerprint).join("main.parquet");
    let mut bytes = std::fs::read(&table).expect("a table");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&table, bytes).expect("written");
    let gave = two.run_reader();
    assert!(gave.code != 0 && gave.err.contains("error[broken-store]"), "{}", gave.err);
    std::fs::remove_file(&table).expect("removed");
    let gave = two.run_reader();
    assert!(gave.code != 0 && gave.err.contains("error[broken-store]"), "{}", gave.err);
}

#[test]
fn a_run_that_published_nothing_is_not_read() {
    let two = Two::new();
    two.run_shop();
    assert_eq!(two.run_reader().code, 0);
    // A delivery that cannot be read: the run fails after its orders would have changed.
    let orders = two.shop.path().join("orders.csv");
    let text = std::fs::read_to_string(&orders).expect("a file");
    std::fs::write(&orders, text.replace("3.50", "x")).expect("written");
    let gave = run_into(&two.shop_pipeline, two.shop.path(), &["--quiet"]);
    assert_ne!(gave.code, 0);
    let again = planned(&two.reader_pipeline, two.reader.path());
    assert!(again.iter().all(|(_, made, _)| !made), "{again:?}");
}

#[test]
fn a_pipeline_does_not_read_its_own_last_run() {
    let two = Two::new();
    two.run_shop();
    let gave = run_into(&two.reader_pipeline, two.shop.path(), &["--quiet"]);
    assert!(gave.code != 0 && gave.err.contains("where this pipeline itself writes"), "{}", gave.err);
}

#[test]
fn addresses_are_checked_without_data() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = folder.path().join("bad.toml");
    let text = "[stage.lines]\nkind = \"ingest\"\npaths = [\"orders.csv\", \"run:orders\", \"postgres://shop:secret@db/orders\"]\n\n\
                [stage.rules]\nkind = \"mine-baskets\"\npaths = [\"run:out/shop/orders\"]\n";
    std::fs::write(&pipeline, text).expect("written");
    let gave = call(&["check", &pipeline.display().to_string()]);
    assert_ne!(gave.code, 0);
    for part in [
        "bad.toml:3:24",
        "`run:orders` must name an output folder and a table",
        "bad.toml:3:38",
        "nothing reads `postgres://` addresses",
        "bad.toml:7:10",
        "`run:out/shop/orders` has rows with types, and this stage reads files",
    ] {
        assert!(gave.err.contains(part), "{part}: {}", gave.err);
    }
}

#[test]
fn plan_names_the_files_that_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipeline = small_shop::write(folder.path(), 14);
    let header = small_shop::lines(1).lines().next().expect("a header").to_owned();
    let file = |name: &str| folder.path().join(name);
    let line = |order: u32| format!("{header}\n{order},c02,2025-02-20 09:00:00,CUP2,Cup,1,7.25\n");
    for (name, order) in [("orders-a.csv", 7001), ("orders-b.csv", 7002), ("orders-c.csv", 7003)] {
        std::fs::write(file(name), line(order)).expect("written");
    }
    let gave = run_into(&pipeline, folder.path(), &["--quiet"]);
    assert_eq!(gave.code, 0, "{}", gave.err);
    std::fs::write(file("orders-a.csv"), line(7009)).expect("written");
    std::fs::remove_file(file("orders-b.csv")).expect("removed");
    std::fs::write(file("orders-d.csv"), line(7004)).expect("written");
    let path = |name: &str| file(name).display().to_string();
    let (name, made, why) = planned(&pipeline, folder.path()).remove(0);
    let expected = format!(
        "{} changed, {} is new, {} is no longer read",
        path("orders-a.csv"),
        path("orders-d.csv"),
        path("orders-b.csv")
    );
    assert_eq!((name.as_str(), made, why), ("lines", true, expected));
    // A file that is only touched is the same.
    std::fs::write(file("orders-a.csv"), line(7001)).expect("written");
    std::fs::write(file("orders-b.csv"), line(7002)).expect("written");
    std::fs::remove_file(file("orders-d.csv")).expect("removed");
    assert!(planned(&pipeline, folder.path()).iter().all(|(_, made, _)| !made));
}
