// SPDX-License-Identifier: MIT
// Shared by <iostream> and <fstream>.
#pragma once
namespace std {
class ios { public: explicit operator bool() const; bool operator!() const; bool eof() const; bool good() const; };
class ostream : public virtual ios { public: ostream &operator<<(int); ostream &operator<<(ostream &(*)(ostream &)); };
ostream &operator<<(ostream &, const char *); ostream &operator<<(ostream &, char);
class istream : public virtual ios { public: istream &read(char *, long long); long long gcount() const; };
}
