//! Links the program with relative relocations in their short form: in the long one they are a tenth of what a call keeps in
//! memory before it does anything, all of it read by the loader.

fn main() {
    println!("cargo:rerun-if-changed=src/build.rs");
    let of_target = |name: &str| std::env::var(name).unwrap_or_default();
    // Loaders know the form from glibc 2.36 on, which is what the linker then asks for.
    if of_target("CARGO_CFG_TARGET_OS") == "linux" && of_target("CARGO_CFG_TARGET_ENV") == "gnu" {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
