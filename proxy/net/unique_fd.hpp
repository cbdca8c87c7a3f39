#pragma once

#include <unistd.h>

#include <utility>

namespace countersign::proxy::net {

/// Owns one file descriptor, or none, and closes it. Move-only.
class UniqueFd {
public:
    UniqueFd() = default;
    /// Takes `fd`; negative: none. `errno` stays as it is.
    explicit UniqueFd(int fd) : fd_{fd} {}
    UniqueFd(UniqueFd&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    UniqueFd& operator=(UniqueFd&& other) noexcept {
        UniqueFd old{std::exchange(fd_, std::exchange(other.fd_, -1))};
        return *this;
    }
    ~UniqueFd() {
        if (fd_ >= 0) ::close(fd_);
    }

    explicit operator bool() const { return fd_ >= 0; }
    int get() const { return fd_; }
    /// It is the caller's from now on.
    [[nodiscard]] int release() { return std::exchange(fd_, -1); }
    void reset() { *this = UniqueFd{}; }

private:
    int fd_ = -1;
};

}  // namespace countersign::proxy::net
