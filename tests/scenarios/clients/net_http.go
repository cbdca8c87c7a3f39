package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"time"

	"golang.org/x/net/websocket"
)

var address = "127.0.0.1:" + os.Getenv("PROXY_PORT")

func ask(client *http.Client, path string, body []byte) string {
	target := "http://api.partner.example" + path
	var response *http.Response
	var err error
	if body == nil {
		response, err = client.Get(target)
	} else {
		response, err = client.Post(target, "application/octet-stream", bytes.NewReader(body))
	}
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	return string(text)
}

// It knows no proxies. So the proxy is called as if it were the server.
func chat() string {
	config, err := websocket.NewConfig("ws://ws.partner.example/chat", "http://ws.partner.example/")
	if err != nil {
		log.Fatal(err)
	}
	connection, err := net.Dial("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	socket, err := websocket.NewClient(config, connection)
	if err != nil {
		log.Fatal(err)
	}
	defer socket.Close()
	if err := websocket.Message.Send(socket, "hello"); err != nil {
		log.Fatal(err)
	}
	var said string
	if err := websocket.Message.Receive(socket, &said); err != nil {
		log.Fatal(err)
	}
	return said
}

func main() {
	proxy, err := url.Parse("http://" + address)
	if err != nil {
		log.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	client := &http.Client{
		Transport: &http.Transport{Proxy: http.ProxyURL(proxy)},
		Jar:       jar,
		Timeout:   90 * time.Second,
	}
	fmt.Printf("== get\n%s", ask(client, "/whoami", nil))
	fmt.Printf("== post\n%s\n", ask(client, "/upload", make([]byte, 10*1024*1024)))
	fmt.Printf("== keep_alive\n%s%s", ask(client, "/keep/one", nil), ask(client, "/keep/two", nil))
	fmt.Printf("== redirect\n%s", ask(client, "/login", nil))
	fmt.Printf("== websocket\n%s\n", chat())
}
