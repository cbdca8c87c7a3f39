<?php
$curl = curl_init();

function ask(string $path, ?string $body = null): string {
    global $curl;
    curl_reset($curl);
    curl_setopt_array($curl, [
        CURLOPT_URL => "http://api.partner.example" . $path,
        CURLOPT_PROXY => "http://127.0.0.1:" . getenv("PROXY_PORT"),
        CURLOPT_RETURNTRANSFER => true,
        CURLOPT_FOLLOWLOCATION => true,
        CURLOPT_COOKIEFILE => "",
        CURLOPT_TIMEOUT => 90,
    ]);
    if ($body !== null) curl_setopt($curl, CURLOPT_POSTFIELDS, $body);
    $text = curl_exec($curl);
    return $text === false ? exit(1) : $text;
}

echo "== get\n", ask("/whoami");
echo "== post\n", ask("/upload", str_repeat("\0", 10 * 1024 * 1024)), "\n";
echo "== keep_alive\n", ask("/keep/one"), ask("/keep/two");
echo "== redirect\n", ask("/login");
