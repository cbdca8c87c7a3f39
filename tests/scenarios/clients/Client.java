import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

public class Client {
    // Of the version that it has by default: each first request says "Upgrade: h2c".
    static final HttpClient client = HttpClient.newBuilder()
        .proxy(ProxySelector.of(
            new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PROXY_PORT")))))
        .followRedirects(HttpClient.Redirect.NORMAL)
        .cookieHandler(new CookieManager())
        .build();

    static String ask(String path, byte[] body) throws Exception {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(URI.create("http://api.partner.example" + path));
        if (body != null) request.POST(HttpRequest.BodyPublishers.ofByteArray(body));
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    // By a proxy it would ask for a tunnel. So it calls a listener with an upstream.
    static String chat() throws Exception {
        CompletableFuture<String> said = new CompletableFuture<>();
        WebSocket.Listener listener = new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                said.complete(text.toString());
                return null;
            }
        };
        URI uri = URI.create("ws://127.0.0.1:" + System.getenv("DIRECT_PORT") + "/chat");
        WebSocket socket =
            HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, listener).join();
        socket.sendText("hello", true).join();
        String answer = said.get(90, TimeUnit.SECONDS);
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        return answer;
    }

    public static void main(String[] arguments) throws Exception {
        System.out.println("== get\n" + ask("/whoami", null));
        System.out.println("== post\n" + ask("/upload", new byte[10 * 1024 * 1024]));
        System.out.println("== keep_alive\n" + ask("/keep/one", null) + ask("/keep/two", null));
        System.out.println("== redirect\n" + ask("/login", null));
        System.out.println("== websocket\n" + chat());
    }
}
