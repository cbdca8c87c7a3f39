#include "tests/support/apache.hpp"

#include <signal.h>
#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include "tests/support/listening_socket.hpp"

namespace countersign::tests {
namespace {

/// A body may be so long that is read before the certificate is asked for.
constexpr std::string_view kPlaces = R"(
    <Directory />
        Require all granted
    </Directory>
    <Location /secret>
        SSLVerifyClient require
        SSLVerifyDepth 5
        SSLRenegBufferSize 8388608
    </Location>
    Header always set X-Subject "%{SSL_CLIENT_S_DN}s"
)";

std::string configuration(
    const Apache::Options& options, const std::filesystem::path& directory, std::uint16_t port
) {
    std::ostringstream text;
    for (const char* module : {"mpm_event", "authz_core", "headers", "ssl"}) {
        text << "LoadModule " << module << "_module /usr/lib/apache2/modules/mod_" << module
             << ".so\n";
    }
    if (getuid() == 0) text << "User www-data\nGroup www-data\n";
    const std::string folder = directory.string();
    text << "ServerName localhost\nListen 127.0.0.1:" << port << "\nPidFile " << folder
         << "/pid\nDefaultRuntimeDir " << folder << "\nErrorLog " << folder
         << "/error.log\nLogLevel info\nDocumentRoot " << folder << "/files\n"
         << "<VirtualHost 127.0.0.1:" << port << ">\n    SSLEngine on\n    SSLProtocol "
         << options.protocol << "\n    SSLCertificateFile " << options.certificate.string()
         << "\n    SSLCertificateKeyFile " << options.key.string() << "\n    SSLCACertificateFile "
         << options.client_ca.string() << "\n"
         << kPlaces << "</VirtualHost>\n";
    return text.str();
}

}  // namespace

Apache::Apache(const Options& options) {
    // It reads its files as another user.
    std::filesystem::permissions(
        directory_.path(),
        std::filesystem::perms::others_exec | std::filesystem::perms::others_read,
        std::filesystem::perm_options::add
    );
    std::filesystem::create_directories(directory_ / "files/secret");
    directory_.write("files/open", "open\n");
    directory_.write("files/secret/file", "secret\n");
    for (const char* file : {"files/open", "files/secret/file"}) {
        std::filesystem::permissions(
            directory_ / file, std::filesystem::perms::others_read,
            std::filesystem::perm_options::add
        );
    }
    // The port that was free may be somebody's when Apache comes.
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (start(options)) return;
    }
    throw std::runtime_error{"apache2 ended:\n" + process_->errors()};
}

bool Apache::start(const Options& options) {
    {
        const ListeningSocket free;
        port_ = free.port();
    }
    directory_.write("apache.conf", configuration(options, directory_.path(), port_));
    process_ = std::make_unique<Process>(std::vector<std::string>{
        "apache2", "-D", "FOREGROUND", "-d", directory_.path().string(), "-f",
        (directory_ / "apache.conf").string()});
    bool ended = false;
    wait_until("apache2 writes its pid file", [&] {
        ended = !process_->running();
        return ended || std::filesystem::exists(directory_ / "pid");
    });
    return !ended;
}

Apache::~Apache() {
    process_->send_signal(SIGTERM);
    process_->wait_for_exit(std::chrono::seconds{5});
}

}  // namespace countersign::tests
