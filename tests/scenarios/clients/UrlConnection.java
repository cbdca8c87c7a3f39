import java.io.OutputStream;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.URL;

public class UrlConnection {
    static String ask(String path, byte[] body) throws Exception {
        URL url = new URL("http://api.partner.example" + path);
        HttpURLConnection connection = (HttpURLConnection) url.openConnection();
        connection.setReadTimeout(90_000);
        if (body != null) {
            connection.setDoOutput(true);
            connection.setFixedLengthStreamingMode(body.length);
            try (OutputStream out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        return new String(connection.getInputStream().readAllBytes(), "UTF-8");
    }

    public static void main(String[] arguments) throws Exception {
        CookieHandler.setDefault(new CookieManager());
        System.out.println("== get\n" + ask("/whoami", null));
        System.out.println("== post\n" + ask("/upload", new byte[10 * 1024 * 1024]));
        System.out.println("== keep_alive\n" + ask("/keep/one", null) + ask("/keep/two", null));
        System.out.println("== redirect\n" + ask("/login", null));
    }
}
