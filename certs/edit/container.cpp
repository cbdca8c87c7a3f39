#include "certs/edit/container.hpp"

#include <array>

#include "certs/byte_reader.hpp"
#include "certs/java/java_key_store.hpp"
#include "certs/key_store.hpp"
#include "certs/text/ascii.hpp"

namespace countersign::certs {
namespace {

struct Named {
    std::string_view name;
    Container container;
};

constexpr std::array kNames{
    Named{"jks", Container::jks},    Named{"jceks", Container::jceks},
    Named{"p12", Container::pkcs12}, Named{"pkcs12", Container::pkcs12},
    Named{"pem", Container::pem},
};

constexpr std::array kEndings{
    Named{".jks", Container::jks},     Named{".keystore", Container::jks},
    Named{".jceks", Container::jceks}, Named{".p12", Container::pkcs12},
    Named{".pfx", Container::pkcs12},  Named{".pkcs12", Container::pkcs12},
    Named{".pem", Container::pem},     Named{".crt", Container::pem},
    Named{".cer", Container::pem},     Named{".key", Container::pem},
};

template <class Table>
std::optional<Container> find(const Table& table, std::string_view text) {
    for (const Named& each : table) {
        if (same_ignoring_case(each.name, text)) return each.container;
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Container container) {
    switch (container) {
        case Container::jks:
            return "JKS";
        case Container::jceks:
            return "JCEKS";
        case Container::pkcs12:
            return "PKCS#12";
        case Container::pem:
            return "PEM";
    }
    return "?";
}

std::optional<Container> container_named(std::string_view name) { return find(kNames, name); }

std::optional<Container> container_of_name(const std::filesystem::path& file) {
    return find(kEndings, file.extension().native());
}

std::optional<Container> container_of_bytes(ByteView bytes) {
    const std::optional<KeyStoreFormat> format = recognise(as_text(bytes));
    if (!format) return std::nullopt;
    switch (*format) {
        case KeyStoreFormat::java_key_store:
            return ByteReader{bytes}.u32() == kJceksMagic ? Container::jceks : Container::jks;
        case KeyStoreFormat::pkcs12:
            return Container::pkcs12;
        case KeyStoreFormat::pem:
            return Container::pem;
    }
    return std::nullopt;
}

}  // namespace countersign::certs
