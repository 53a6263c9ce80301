// SPDX-License-Identifier: MIT
export * from './index.js';
import * as csmtp from './index.js';
export default csmtp;
