<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** The functions of csmtp_c.h, and the conversion of values. */
final class Library
{
    private static ?\FFI $ffi = null;

    /** Calls a function of the library. $name is the function's name without the prefix CSmtp_. */
    public static function call(string $name, #[\SensitiveParameter] mixed ...$arguments): mixed
    {
        return self::ffi()->{"CSmtp_$name"}(...$arguments);
    }

    /** Returns a new value of a C type. */
    public static function value(string $type): \FFI\CData
    {
        return self::ffi()->new($type);
    }

    /** Returns the version of the library, such as "1.0.0". */
    public static function version(): string
    {
        return self::call('GetVersion');
    }

    /** Returns the general text for an error number, without the details of a failed call. */
    public static function errorText(int $number): string
    {
        return self::call('GetErrorText', $number);
    }

    /** Returns a text for C. Throws an exception if the text contains a NUL, at which C would truncate it. */
    public static function text(#[\SensitiveParameter] string|\SplFileInfo|null $value): ?string
    {
        if ($value instanceof \SplFileInfo) {
            $value = $value->getPathname();
        }
        if ($value !== null && str_contains($value, "\0")) {
            throw new \ValueError('the text contains a NUL character');
        }
        return $value;
    }

    public static function time(int|\DateTimeInterface $value): int
    {
        return $value instanceof \DateTimeInterface ? $value->getTimestamp() : $value;
    }

    public static function int32(int $value): int
    {
        return self::range($value, -0x80000000, 0x7fffffff);
    }

    public static function uint32(int $value): int
    {
        return self::range($value, 0, 0xffffffff);
    }

    public static function uint16(int $value): int
    {
        return self::range($value, 0, 0xffff);
    }

    private static function range(int $value, int $least, int $most): int
    {
        if ($value < $least || $value > $most) {
            throw new \ValueError("$value is out of range: use $least to $most");
        }
        return $value;
    }

    /**
     * Returns the path of the library: the value of the environment variable CSMTP_LIBRARY, or else the path
     * of the file in the package, or else only the name of the library, which the system then searches for.
     */
    private static function path(): string
    {
        $windows = \PHP_OS_FAMILY === 'Windows';
        $name = $windows ? 'csmtp.dll' : 'libcsmtp.so.1';
        $arm = in_array(strtolower(php_uname('m')), ['aarch64', 'arm64'], true);
        $ours = dirname(__DIR__) . '/lib/' . ($windows ? 'windows-' : 'linux-') . ($arm ? 'arm64' : 'x64') . "/$name";
        return getenv('CSMTP_LIBRARY') ?: (is_file($ours) ? $ours : $name);
    }

    private static function ffi(): \FFI
    {
        if (self::$ffi !== null) {
            return self::$ffi;
        }
        $path = self::path();
        try {
            return self::$ffi = \FFI::cdef(Functions::HEADER, $path);
        } catch (\FFI\Exception $error) {
            throw new \RuntimeException("$path cannot be loaded: install the version of csmtp that this module needs, or set CSMTP_LIBRARY to the path of its library; "
                . "on a web server, set ffi.enable in php.ini ({$error->getMessage()})", 0, $error);
        }
    }
}
