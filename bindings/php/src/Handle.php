<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Csmtp;

/** The base class of Mailer and Pool. It owns a handle of the library, and calls functions with the handle. */
abstract class Handle implements Numbers
{
    protected int $handle = 0;
    /** @var array<string, int> maps the C function that sets a callback to the callback's number */
    protected array $callbacks = [];
    /** @var list<int> the numbers of the callbacks that read attachments, and of a pool's journals */
    protected array $readers = [];
    /** @internal @var list<\Throwable> the exceptions that the callbacks of a pool have thrown */
    public array $raised = [];

    /** The functions that send the mail of the handle. */
    private const SENDING = ['Send', 'SendRaw', 'SendRawFile'];

    public function __destruct()
    {
        $this->close();
    }

    /** Ends the session and frees the handle. The object cannot be used afterwards. */
    public function close(): void
    {
        if ($this->handle === 0) {
            return;
        }
        if (Call::isIn($this)) {
            throw new \LogicException('close was called in a callback of the same object');
        }
        [$handle, $this->handle] = [$this->handle, 0];
        try {
            Call::during($handle, $this, fn () => Library::call('Free', $handle));
        } finally {
            foreach ($this->callbacks as $number) {
                Callbacks::drop($number);
            }
            $this->forgetReaders();
            array_map(Call::report(...), array_splice($this->raised, 0));
        }
    }

    /**
     * Cancels the call in progress, if a callback calls cancel. Also cancels an asynchronous send, or all
     * mails of a pool.
     */
    public function cancel(): void
    {
        Library::call('Cancel', $this->handle);
    }

    /** @return array{} the properties that print_r and var_dump show */
    public function __debugInfo(): array
    {
        return [];
    }

    public function __serialize(): array
    {
        throw new \LogicException(static::class . ' cannot be serialized');
    }

    /** @internal Returns the number of the handle. */
    public function handle(): int
    {
        if ($this->handle === 0) {
            throw new \LogicException(static::class . ' is closed');
        }
        return $this->handle;
    }

    protected function own(int $handle): void
    {
        if ($handle === 0) {
            throw new Error(0, Library::call('GetLastError', 0));
        }
        $this->handle = $handle;
        Shutdown::add($this);
    }

    /** Calls a function, and throws an exception if it returns an error number. */
    protected function check(string $name, #[\SensitiveParameter] mixed ...$arguments): void
    {
        $handle = $this->handle();
        $mails = in_array($name, self::SENDING, true) ? [$handle] : [];
        $number = Call::during($handle, $this, fn () => Library::call($name, $handle, ...$arguments), $mails);
        if ($number !== 0) {
            throw new Error($handle, $number);
        }
    }

    protected function value(string $name, mixed ...$arguments): mixed
    {
        return Library::call($name, $this->handle(), ...$arguments);
    }

    protected function number(string $name, mixed ...$arguments): int
    {
        return $this->value($name, ...$arguments);
    }

    protected function flag(string $name, mixed ...$arguments): bool
    {
        return $this->value($name, ...$arguments) !== 0;
    }

    protected function string(string $name, mixed ...$arguments): string
    {
        return $this->value($name, ...$arguments) ?? '';
    }

    /** Sets a callback, or removes it if $callback is null. */
    protected function callback(string $name, string $pointer, ?callable $callback): void
    {
        $number = $callback === null ? 0 : Callbacks::add($callback, $this instanceof Pool);
        try {
            $this->check($name, $number ? Callbacks::pointer($pointer) : null, $number);
        } catch (\Throwable $error) {
            Callbacks::drop($number);
            throw $error;
        }
        Callbacks::drop($this->callbacks[$name] ?? 0);
        unset($this->callbacks[$name]);
        if ($number !== 0) {
            $this->callbacks[$name] = $number;
        }
    }

    protected function forgetReaders(): void
    {
        foreach ($this->readers as $number) {
            Callbacks::drop($number);
        }
        $this->readers = [];
    }
}
