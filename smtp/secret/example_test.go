// SPDX-License-Identifier: MIT

package secret_test

import (
	"fmt"

	"csmtp/smtp/secret"
)

func ExampleSet_Hide() {
	var secrets secret.Set
	secrets.Add("hunter2secret")
	fmt.Println(secrets.Hide(`500 unrecognized: "aHVudGVyMnNlY3JldA=="`))
	// Output: 500 unrecognized: "****"
}
