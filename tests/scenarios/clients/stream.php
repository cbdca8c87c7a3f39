<?php
function ask(string $path, ?string $body = null): string {
    $options = [
        "proxy" => "tcp://127.0.0.1:" . getenv("PROXY_PORT"),
        "request_fulluri" => true,
        "timeout" => 90,
    ];
    if ($body !== null) {
        $options += [
            "method" => "POST",
            "header" => "Content-Type: application/octet-stream",
            "content" => $body,
        ];
    }
    $context = stream_context_create(["http" => $options]);
    $text = file_get_contents("http://api.partner.example" . $path, false, $context);
    return $text === false ? exit(1) : $text;
}

echo "== get\n", ask("/whoami");
echo "== post\n", ask("/upload", str_repeat("\0", 10 * 1024 * 1024)), "\n";
echo "== redirect\n", ask("/login");
