// SPDX-License-Identifier: MIT
//! Tells the linker where the library is.
use std::env;
use std::ffi::OsString;
use std::process::Command;

/// The environment variables on which the output of pkg-config depends.
const VARIABLES: [&str; 5] = ["PKG_CONFIG", "PKG_CONFIG_PATH", "PKG_CONFIG_LIBDIR", "PKG_CONFIG_SYSROOT_DIR", "PATH"];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-link-lib=csmtp");
    if let Some(folder) = variable("CSMTP_LIB_DIR") {
        let folder = folder.to_string_lossy();
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:lib_dir={folder}");
        return;
    }
    for name in VARIABLES {
        println!("cargo:rerun-if-env-changed={name}");
    }
    let program = variable("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    match Command::new(&program).args(["--libs-only-L", "csmtp"]).output() {
        Ok(output) if output.status.success() => {
            for folder in words(&String::from_utf8_lossy(&output.stdout)).iter().filter_map(|word| word.strip_prefix("-L")) {
                println!("cargo:rustc-link-search=native={folder}");
            }
        }
        _ => println!(
            "cargo:warning=CSMTP_LIB_DIR is not set, and {} does not find csmtp: if the linker does not find it either, \
             set CSMTP_LIB_DIR to the folder that contains the library",
            program.to_string_lossy()
        ),
    }
}

/// Returns the value of an environment variable, if it is set and not empty.
fn variable(name: &str) -> Option<OsString> {
    println!("cargo:rerun-if-env-changed={name}");
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Splits the output of pkg-config into words. pkg-config quotes characters as for a shell; this function
/// removes the quotes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut escaped) = (Vec::new(), String::new(), None, false);
    for c in line.chars() {
        match c {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            '\\' if quote != Some('\'') => escaped = true,
            _ if quote == Some(c) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if c.is_whitespace() && quote.is_none() => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    words
}
