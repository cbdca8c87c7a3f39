#include "proxy/tls/socket_bio.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "proxy/event/descriptor.hpp"

namespace countersign::proxy {

namespace {

Descriptor& descriptor_of(BIO* bio) { return *static_cast<Descriptor*>(BIO_get_data(bio)); }

int read_socket(BIO* bio, char* into, int room) {
    BIO_clear_retry_flags(bio);
    Descriptor& descriptor = descriptor_of(bio);
    if (!descriptor.readable()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const auto bytes = ::recv(descriptor.fd(), into, static_cast<std::size_t>(room), 0);
    if (bytes > 0) {
        if (bytes < room) descriptor.drained();
        return static_cast<int>(bytes);
    }
    if (bytes == 0) {
        BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
        return 0;
    }
    if (errno == EAGAIN) descriptor.drained();
    if (errno == EAGAIN || errno == EINTR) BIO_set_retry_read(bio);
    return -1;
}

int write_socket(BIO* bio, const char* from, int size) {
    BIO_clear_retry_flags(bio);
    Descriptor& descriptor = descriptor_of(bio);
    if (!descriptor.writable()) {
        BIO_set_retry_write(bio);
        return -1;
    }
    const auto bytes = ::send(descriptor.fd(), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
    if (bytes >= 0) {
        if (bytes < size) descriptor.filled();
        return static_cast<int>(bytes);
    }
    if (errno == EAGAIN) descriptor.filled();
    if (errno == EAGAIN || errno == EINTR) BIO_set_retry_write(bio);
    return -1;
}

long control(BIO* bio, int command, long, void*) {
    switch (command) {
        case BIO_CTRL_FLUSH:
            return 1;
        case BIO_CTRL_EOF:
            return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0;
        default:
            return 0;
    }
}

BIO_METHOD* make_method() {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "descriptor");
    if (method == nullptr) return nullptr;
    BIO_meth_set_read(method, read_socket);
    BIO_meth_set_write(method, write_socket);
    BIO_meth_set_ctrl(method, control);
    return method;
}

}  // namespace

BIO* new_socket_bio(Descriptor& descriptor) {
    static BIO_METHOD* const method = make_method();
    BIO* bio = method == nullptr ? nullptr : BIO_new(method);
    if (bio == nullptr) return nullptr;
    BIO_set_data(bio, &descriptor);
    BIO_set_init(bio, 1);
    return bio;
}

}  // namespace countersign::proxy
