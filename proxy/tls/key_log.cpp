#include "proxy/tls/key_log.hpp"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include "certs/printable.hpp"
#include "proxy/log/log.hpp"
#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::tls {

namespace {

constexpr std::string_view kKey = "tls.danger_key_log: ";

struct Opened {
    net::UniqueFd file;
    std::string wrong = {};  ///< why it is not open; empty where it is, or could be made
};

/// Why a file that is not there could not be made; 0: it could. No file comes of it.
int obstacle_to_make(const std::filesystem::path& file) {
    const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
    return ::faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

/// `make`: where it is not there.
Opened open_log(const std::filesystem::path& file, bool make) {
    const std::string name = certs::printable(file.string());
    std::string wrong{kKey};
    // A link that somebody else made could lead anywhere, and a pipe has nobody who reads it.
    net::UniqueFd log{::open(
        file.c_str(),
        O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (make ? O_CREAT : 0),
        S_IRUSR | S_IWUSR
    )};
    if (!log) {
        int error = errno;
        if (error == ENOENT && !make) error = obstacle_to_make(file);
        if (error == 0) return {};
        wrong += name + " cannot be written to: ";
        if (error == ELOOP) {
            return {{}, wrong += "it is a symbolic link; name the file that it leads to"};
        }
        if (error == ENXIO) return {{}, wrong += "it is a pipe or a socket; name a file"};
        return {{}, wrong += std::generic_category().message(error)};
    }
    struct stat found = {};
    const bool known = ::fstat(log.get(), &found) == 0;
    const bool is_file = known && S_ISREG(found.st_mode);
    if (is_file && (found.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {std::move(log)};
    if (!is_file) {
        return {{}, wrong += name + " is not a file; name one, or a path where there is none"};
    }
    wrong += "others may open " + name + ", and what is in it opens every connection; run: chmod ";
    return {{}, wrong += "600 " + name};
}

/// A context's, for all threads. The file is opened with the first line: who only looks at a
/// configuration, as root say, leaves none behind that the service could not open.
class KeyLog {
public:
    explicit KeyLog(std::filesystem::path file) : file_{std::move(file)} {}
    KeyLog(const KeyLog&) = delete;
    KeyLog& operator=(const KeyLog&) = delete;

    /// Each line in one call: those of several threads come one after the other.
    void add(std::string_view line) {
        std::call_once(opened_, [this] {
            Opened opened = open_log(file_, true);
            log_ = std::move(opened.file);
            if (!log_) log::warning("{}. No keys are written.", opened.wrong);
        });
        if (!log_) return;
        std::string text{line};
        text += '\n';
        // Nobody waits for it, and nobody could be told.
        [[maybe_unused]] const auto written = ::write(log_.get(), text.data(), text.size());
    }

private:
    const std::filesystem::path file_;
    std::once_flag opened_;
    net::UniqueFd log_;
};

void delete_log(void*, void* log, CRYPTO_EX_DATA*, int, long, void*) {
    delete static_cast<KeyLog*>(log);
}

/// Where a context keeps its key log, which goes with it.
int place() {
    static const int kPlace = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, delete_log);
    return kPlace;
}

void on_line(const SSL* ssl, const char* line) {
    auto* const log = static_cast<KeyLog*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), place()));
    if (log != nullptr) log->add(line);
}

}  // namespace

std::string write_keys_to(SSL_CTX& context, const std::filesystem::path& file) {
    const Opened found = open_log(file, false);
    if (!found.wrong.empty()) return found.wrong;
    auto log = std::make_unique<KeyLog>(file);
    if (SSL_CTX_set_ex_data(&context, place(), log.get()) == 1) {
        log.release();  // delete_log has it
        SSL_CTX_set_keylog_callback(&context, on_line);
    }
    return {};
}

}  // namespace countersign::proxy::tls
