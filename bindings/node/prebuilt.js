// SPDX-License-Identifier: MIT
// Finds the files that packaging/node.sh puts into the package: the library and
// csmtp-testserver for each platform.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

/** Returns the path of a file for this platform, or undefined if the package does not contain it. */
exports.find = (name) => {
  const file = path.join(__dirname, 'prebuilds', `${process.platform}-${process.arch}`, name);
  return fs.existsSync(file) ? file : undefined;
};

/** Returns what to do if the library cannot be loaded. */
exports.advice = () => {
  if (process.platform === 'linux') {
    process.report.excludeNetwork = true;
    if (!process.report.getReport().header.glibcVersionRuntime) return 'programs that use musl cannot load it: use a system or an image with glibc, such as node:22-slim';
  }
  const otherwise = 'install csmtp, or set CSMTP_LIBRARY to the path of its library';
  const platform = `${process.platform}-${process.arch}`;
  const folder = path.join(__dirname, 'prebuilds');
  const present = fs.existsSync(folder) ? fs.readdirSync(folder) : [platform];
  return present.includes(platform) ? otherwise : `the package has no library for ${platform}, but for ${present.join(', ')}: ${otherwise}`;
};
