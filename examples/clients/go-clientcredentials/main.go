// Calls TrackMage with tokens from the broker, through golang.org/x/oauth2/clientcredentials.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// currentJWT is a token source that reads the caller's JWT for each token request. While the broker is away, it returns the last token
// until that expires.
type currentJWT struct {
	config clientcredentials.Config
	file   string
	last   *oauth2.Token
}

// Token is never called concurrently: oauth2.ReuseTokenSource holds a lock.
func (s *currentJWT) Token() (*oauth2.Token, error) {
	jwt, err := os.ReadFile(s.file)
	if err != nil {
		return nil, err
	}
	config := s.config
	config.ClientSecret = strings.TrimSpace(string(jwt))
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Timeout: 15 * time.Second})
	token, err := config.Token(ctx)
	if err != nil && s.last != nil && time.Now().Before(s.last.Expiry) {
		return s.last, nil
	}
	s.last = token
	return token, err
}

func main() {
	leeway := 6 * time.Minute // a new token is fetched so long before the old one expires
	if seconds := os.Getenv("TOKEN_LEEWAY"); seconds != "" {
		leeway, _ = time.ParseDuration(seconds + "s")
	}
	source := &currentJWT{file: os.Getenv("TOKEN_FILE"), config: clientcredentials.Config{
		ClientID:  os.Getenv("CLIENT_ID"),
		TokenURL:  os.Getenv("TOKEN_URL"),
		AuthStyle: oauth2.AuthStyleInHeader,
	}}
	client := oauth2.NewClient(context.Background(), oauth2.ReuseTokenSourceWithExpiry(nil, source, leeway))
	client.Timeout = 15 * time.Second

	for {
		response, err := client.Get(os.Getenv("TRACKMAGE_URL") + "/workspaces?itemsPerPage=1")
		switch {
		case err != nil:
			fmt.Println("error:", strings.ReplaceAll(err.Error(), "\n", " "))
		case response.StatusCode != http.StatusOK:
			response.Body.Close()
			fmt.Println("error: TrackMage:", response.Status)
		default:
			response.Body.Close()
			fmt.Println(response.StatusCode)
		}
		time.Sleep(time.Second)
	}
}
