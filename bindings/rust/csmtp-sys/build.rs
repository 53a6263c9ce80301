// SPDX-License-Identifier: MIT
//! Tells the linker where the library is.
use std::env;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-env-changed=CSMTP_LIB_DIR");
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
    println!("cargo:rustc-link-lib=csmtp");
    if let Some(folder) = env::var_os("CSMTP_LIB_DIR").filter(|folder| !folder.is_empty()) {
        let folder = folder.to_string_lossy();
        println!("cargo:rustc-link-search=native={folder}");
        println!("cargo:lib_dir={folder}");
        return;
    }
    let program = env::var_os("PKG_CONFIG").unwrap_or_else(|| "pkg-config".into());
    let Ok(output) = Command::new(program).args(["--libs-only-L", "csmtp"]).output() else { return };
    if output.status.success() {
        for folder in String::from_utf8_lossy(&output.stdout).split_whitespace().filter_map(|word| word.strip_prefix("-L")) {
            println!("cargo:rustc-link-search=native={folder}");
        }
    }
}
