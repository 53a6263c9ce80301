// SPDX-License-Identifier: MIT
package io.github.libcsmtp.testserver;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) { this.text = text; }

    /** Returns a Map, List, String, Double, Boolean or null. */
    static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.blanks();
        if (json.at != text.length()) throw json.wrong();
        return value;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) { return (Map<String, Object>) value; }

    @SuppressWarnings("unchecked")
    static List<Object> list(Object value) { return (List<Object>) value; }

    /** Returns a text in quotes. */
    static String quoted(String text) {
        StringBuilder b = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\' || c >= 0x7f) b.append(String.format("\\u%04x", (int) c));
            else b.append(c);
        }
        return b.append('"').toString();
    }

    private ServerException wrong() { return new ServerException("csmtp-testserver has sent invalid JSON"); }

    private void blanks() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char next() {
        if (at == text.length()) throw wrong();
        return text.charAt(at++);
    }

    private boolean skips(char c) {
        blanks();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!skips(c)) throw wrong();
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) throw wrong();
        at += word.length();
        return value;
    }

    private Object value() {
        blanks();
        if (at == text.length()) throw wrong();
        switch (text.charAt(at)) {
        case '{': {
            at++;
            Map<String, Object> map = new LinkedHashMap<>();
            if (skips('}')) return map;
            do {
                blanks();
                String key = string();
                expect(':');
                map.put(key, value());
            } while (skips(','));
            expect('}');
            return map;
        }
        case '[': {
            at++;
            List<Object> list = new ArrayList<>();
            if (skips(']')) return list;
            do list.add(value()); while (skips(','));
            expect(']');
            return list;
        }
        case '"': return string();
        case 't': return word("true", true);
        case 'f': return word("false", false);
        case 'n': return word("null", null);
        default: {
            int start = at;
            while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) at++;
            try {
                return Double.valueOf(text.substring(start, at));
            } catch (NumberFormatException e) {
                throw wrong();
            }
        }
        }
    }

    private String string() {
        if (next() != '"') throw wrong();
        StringBuilder b = new StringBuilder();
        for (char c; (c = next()) != '"';) {
            if (c != '\\') {
                b.append(c);
                continue;
            }
            c = next();
            int known = "nrtbf".indexOf(c);
            if (known >= 0) b.append("\n\r\t\b\f".charAt(known));
            else if (c != 'u') b.append(c);
            else {
                if (at + 4 > text.length()) throw wrong();
                b.append((char) Integer.parseInt(text.substring(at, at += 4), 16));
            }
        }
        return b.toString();
    }
}
