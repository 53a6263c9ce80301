<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

// Loads the classes in ../src. Composer's autoloader does this for an installed package.
spl_autoload_register(static function (string $class): void {
    $file = dirname(__DIR__) . '/src/' . substr($class, strlen('Csmtp\\')) . '.php';
    if (str_starts_with($class, 'Csmtp\\') && is_file($file)) {
        require $file;
    }
});
