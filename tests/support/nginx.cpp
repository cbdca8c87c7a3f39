#include "tests/support/nginx.hpp"

#include <signal.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace countersign::tests {
namespace {

constexpr std::string_view kLocations = R"(
    location = /whoami {
        default_type text/plain;
        return 200 "subject=$ssl_client_s_dn\nverify=$ssl_client_verify\nconnection=$connection\nreused=$ssl_session_reused\nprotocol=$ssl_protocol\nserver_name=$ssl_server_name\nhost=$http_host\nvia=$http_via\nmethod=$request_method\nuri=$request_uri\n";
    }
    location = /echo {
        client_body_buffer_size 1m;
        proxy_set_header X-Echo $request_body;
        proxy_pass http://sink;
    }
    location = /upload {
        proxy_set_header X-Echo $content_length;
        proxy_pass http://sink;
    }
    location = /big { }
    location = /slow { alias big; limit_rate 64k; }
    location = /status/204 { return 204; }
    location = /status/304 { add_header ETag '"unchanged"'; return 304; }
)";

}  // namespace

Nginx::Nginx(const Options& options) {
    std::filesystem::create_directories(directory_ / "tmp");
    directory_.write("big", "");
    std::filesystem::resize_file(directory_ / "big", options.big_file_bytes);
    directory_.write("nginx.conf", configuration(options));

    // nginx takes over sockets that this variable names, as it does when it replaces its own
    // binary.
    process_ = std::make_unique<Process>(
        std::vector<std::string>{
            "nginx", "-e", "stderr", "-p", directory_.path().string() + "/", "-c", "nginx.conf"},
        Process::Options{
            .environment = {{"NGINX", std::to_string(socket_.descriptor()) + ";"}},
            .inherited = {socket_.descriptor()}}
    );
    wait_until("nginx writes its pid file", [this] {
        if (!process_->running()) throw std::runtime_error{"nginx ended:\n" + process_->errors()};
        return std::filesystem::exists(directory_ / "nginx.pid");
    });
}

Nginx::~Nginx() {
    process_->send_signal(SIGTERM);
    process_->wait_for_exit(std::chrono::seconds{5});
}

std::string Nginx::configuration(const Options& options) const {
    std::ostringstream text;
    text << (getuid() == 0 ? "user root;\n" : "")
         << "daemon off; worker_processes 1; pid nginx.pid;\n"
         << "error_log stderr notice;\nevents { worker_connections 4096; }\nhttp {\n"
         << "log_format plain '$connection \"$ssl_client_s_dn\" $request_method $request_uri "
            "$status $request_length';\n"
         << "access_log access.log plain;\nroot " << directory_.path().string() << ";\n"
         << "client_body_temp_path tmp/body; proxy_temp_path tmp/proxy; fastcgi_temp_path tmp/f;\n"
         << "scgi_temp_path tmp/s; uwsgi_temp_path tmp/u; sendfile on; client_max_body_size 0;\n"
         << "large_client_header_buffers 4 64k; keepalive_timeout 75s;\n"
         << "upstream sink { server unix:" << (directory_ / "sink.sock").string() << "; }\n"
         << "server {\n    listen unix:" << (directory_ / "sink.sock").string()
         << ";\n    access_log off;\n    return 200 $http_x_echo;\n}\n"
         << "server {\n    listen 127.0.0.1:" << port() << " ssl;\n"
         << "    ssl_certificate " << options.certificate.string() << ";\n"
         << "    ssl_certificate_key " << options.key.string() << ";\n"
         << "    ssl_protocols " << options.protocols << ";\n"
         << "    ssl_session_cache shared:sessions:1m;\n"
         << "    keepalive_requests " << options.keepalive_requests << ";\n";
    if (!options.client_ca.empty()) {
        text << "    ssl_client_certificate " << options.client_ca.string() << ";\n"
             << "    ssl_verify_client on;\n    ssl_verify_depth 5;\n";
    }
    text << options.extra << kLocations << "}\n}\n";
    return text.str();
}

std::vector<std::string> Nginx::end_and_read_log() {
    process_->send_signal(SIGQUIT);
    if (!process_->wait_for_exit()) throw std::runtime_error{"nginx does not end"};
    std::ifstream file{directory_ / "access.log"};
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
}

std::string value_of(const std::string& whoami, const std::string& name) {
    std::istringstream text{"\n" + whoami};
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(name + "=")) return line.substr(name.size() + 1);
    }
    throw std::runtime_error{"no '" + name + "' in: " + whoami};
}

}  // namespace countersign::tests
