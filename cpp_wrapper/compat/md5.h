// SPDX-License-Identifier: MIT
//
// md5.h: class MD5 (RFC 1321), for programs that use the class MD5 of CodeProject's
// CSmtp. It has the same interface. MD5 is broken: do not use it to protect anything.
#pragma once
#ifndef __MD5_H__
#define __MD5_H__

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <fstream>
#include <iostream>

#ifndef CSMTP_STRICT
using namespace std; // as in the old md5.h
#endif

// The namespace keeps this class apart from that of the old md5.cpp. If a program still
// links that file, it has two separate classes, and not a mixture of both.
inline namespace csmtp_compat {

class MD5 {
 public:
  // Starts an empty digest.
  MD5() { Start(); }
  // Compute the digest of a C string, or of the rest of a stream or file. Later
  // calls to 'update' add nothing and print an error.
  MD5(const unsigned char *string) {
    Start();
    update(string, static_cast<unsigned int>(strlen(reinterpret_cast<const char *>(string))));
    finalize();
  }
  MD5(std::istream &stream) { Start(); update(stream); finalize(); }
  MD5(std::ifstream &stream) { Start(); update(stream); finalize(); }
  MD5(FILE *file) { Start(); update(file); finalize(); }

  // Add octets, or the rest of a stream, to the input of the digest.
  void update(const unsigned char *input, unsigned int input_length) {
    if (m_final) {
      std::cerr << "MD5::update: the digest is already final" << std::endl;
      return;
    }
    while (input_length > 0) {
      const unsigned int used = static_cast<unsigned int>(m_octets % 64);
      const unsigned int take = 64 - used < input_length ? 64 - used : input_length;
      memcpy(m_block + used, input, take);
      m_octets += take;
      input += take;
      input_length -= take;
      if (m_octets % 64 == 0) Digest();
    }
  }
  void update(std::istream &stream) {
    char chunk[1024];
    while (stream.good()) {
      stream.read(chunk, sizeof chunk);
      update(reinterpret_cast<unsigned char *>(chunk), static_cast<unsigned int>(stream.gcount()));
    }
  }
  void update(std::ifstream &stream) { update(static_cast<std::istream &>(stream)); }
  // Adds the rest of a file and closes it. Does nothing if 'file' is nullptr.
  void update(FILE *file) {
    if (file == nullptr) return;
    unsigned char chunk[1024];
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;) update(chunk, static_cast<unsigned int>(n));
    fclose(file);
  }
  // Completes the digest. Later calls to 'update' add nothing and print an error.
  void finalize() {
    if (m_final) return;
    const uint64_t bits = m_octets * 8;
    unsigned char tail[64 + 8] = {0x80};
    const unsigned int used = static_cast<unsigned int>(m_octets % 64);
    const unsigned int zeros = (used < 56 ? 56 : 120) - used;
    for (unsigned int i = 0; i < 8; i++) tail[zeros + i] = static_cast<unsigned char>(bits >> 8 * i & 0xff);
    update(tail, zeros + 8);
    m_final = true;
  }

  // Returns the digest: 16 octets, which the caller must delete[].
  unsigned char *raw_digest() const {
    const MD5 done = Finalized();
    unsigned char *digest = new unsigned char[16];
    for (unsigned int i = 0; i < 16; i++) digest[i] = static_cast<unsigned char>(done.m_state[i / 4] >> 8 * (i % 4) & 0xff);
    return digest;
  }
  // Returns the digest as 32 hexadecimal digits, which the caller must delete[].
  char *hex_digest() const {
    const MD5 done = Finalized();
    char *text = new char[33];
    for (unsigned int i = 0; i < 32; i++)
      text[i] = "0123456789abcdef"[done.m_state[i / 8] >> 8 * (i % 8 / 2) >> (i % 2 == 0 ? 4 : 0) & 15];
    text[32] = '\0';
    return text;
  }

  friend std::ostream &operator<<(std::ostream &stream, MD5 digest) {
    char *text = digest.hex_digest();
    stream << text;
    delete[] text;
    return stream;
  }

 private:
  void Start() {
    const uint32_t initial[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    memcpy(m_state, initial, sizeof m_state);
    memset(m_block, 0, sizeof m_block);
    m_octets = 0;
    m_final = false;
  }
  MD5 Finalized() const {
    MD5 copy(*this);
    copy.finalize();
    return copy;
  }
  // Adds one block: RFC 1321, section 3.4.
  void Digest() {
    static const uint32_t sine[64] = { // floor(2^32 * abs(sin(i + 1)))
        0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
        0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
        0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
        0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
        0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
        0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
        0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
        0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391
    };
    static const int rotation[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    uint32_t word[16];
    for (int i = 0; i < 16; i++) {
      word[i] = 0;
      for (int j = 3; j >= 0; j--) word[i] = word[i] << 8 | m_block[4 * i + j];
    }
    uint32_t a = m_state[0], b = m_state[1], c = m_state[2], d = m_state[3];
    for (int i = 0; i < 64; i++) {
      uint32_t mix;
      int k;
      switch (i / 16) {
        case 0: mix = (b & c) | (~b & d); k = i; break;
        case 1: mix = (b & d) | (c & ~d); k = 5 * i + 1; break;
        case 2: mix = b ^ c ^ d; k = 3 * i + 5; break;
        default: mix = c ^ (b | ~d); k = 7 * i; break;
      }
      const uint32_t sum = a + mix + word[k % 16] + sine[i];
      const int left = rotation[i / 16][i % 4];
      a = d;
      d = c;
      c = b;
      b += sum << left | sum >> (32 - left);
    }
    m_state[0] += a;
    m_state[1] += b;
    m_state[2] += c;
    m_state[3] += d;
  }

  uint32_t m_state[4];
  unsigned char m_block[64];
  uint64_t m_octets;
  bool m_final;
};

} // namespace csmtp_compat

#endif // __MD5_H__
