<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** @internal Reads attachments from streams. */
final class Source
{
    /**
     * Returns a list: the arguments $read and $size for addAttachmentReader, and the URI of the stream.
     *
     * @return array{\Closure(int): string, int, string}
     */
    public static function open(mixed $source): array
    {
        if (is_resource($source) && get_resource_type($source) === 'stream') {
            return self::resource($source);
        }
        if (is_object($source) && method_exists($source, 'read') && method_exists($source, 'isSeekable')) {
            return self::object($source);
        }
        throw new \TypeError('attach: the source must be a path, a stream or an object like PSR-7\'s StreamInterface, not ' . get_debug_type($source));
    }

    /** @param resource $stream */
    private static function resource($stream): array
    {
        $about = stream_get_meta_data($stream);
        $uri = $about['uri'] ?? '';
        if (!$about['seekable']) {
            $copy = self::temporary();
            while (!feof($stream)) {
                fwrite($copy, self::taken(fread($stream, 1 << 16)));
            }
            rewind($copy);
            [$stream, $uri] = [$copy, $about['wrapper_type'] ?? '' ? $uri : ''];
        }
        $start = ftell($stream);
        $at = $start;
        $size = fstat($stream)['size'] ?? -1;
        $read = function (int $capacity) use ($stream, $start, &$at): string {
            if ($capacity === 0) {
                $at = $start;
                return '';
            }
            if (fseek($stream, $at) !== 0) { // another attachment can have moved the position of the stream
                throw new \RuntimeException('the stream of an attachment cannot seek any more');
            }
            $data = self::taken(fread($stream, $capacity));
            $at += strlen($data);
            return $data;
        };
        return [$read, $size < 0 ? -1 : max(0, $size - $start), $uri];
    }

    private static function object(object $stream): array
    {
        if (!$stream->isSeekable()) {
            $copy = self::temporary();
            while (!$stream->eof()) {
                fwrite($copy, $stream->read(1 << 16));
            }
            rewind($copy);
            return self::resource($copy);
        }
        $start = $stream->tell();
        $at = $start;
        $size = $stream->getSize();
        $read = function (int $capacity) use ($stream, $start, &$at): string {
            if ($capacity === 0) {
                $at = $start;
                return '';
            }
            $stream->seek($at);
            $data = $stream->eof() ? '' : $stream->read($capacity);
            $at += strlen($data);
            return $data;
        };
        return [$read, $size === null ? -1 : max(0, $size - $start), (string) $stream->getMetadata('uri')];
    }

    /** @return resource a stream in memory, or in a file if it is large */
    private static function temporary()
    {
        return fopen('php://temp', 'r+b') ?: throw new \RuntimeException('a temporary stream cannot be opened');
    }

    private static function taken(string|false $data): string
    {
        if ($data === false) {
            throw new \RuntimeException('the stream of an attachment cannot be read: ' . (error_get_last()['message'] ?? 'unknown error'));
        }
        return $data;
    }
}
