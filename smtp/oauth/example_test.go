// SPDX-License-Identifier: MIT

package oauth_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"csmtp/smtp/oauth"
)

// startTokenEndpoint starts a token endpoint on the loopback interface.
func startTokenEndpoint() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("request with grant_type", r.FormValue("grant_type"))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"the-token","token_type":"Bearer","expires_in":3600}`)
	}))
}

// A Source requests a token when the program needs one, and again before it expires.
func Example() {
	endpoint := startTokenEndpoint()
	defer endpoint.Close()

	source, err := oauth.New(oauth.Config{Endpoint: endpoint.URL, ClientID: "a-client", ClientSecret: "its secret"})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		token, err := source.Token(context.Background(), false)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(token)
	}
	// Output:
	// request with grant_type client_credentials
	// the-token
	// the-token
}
