#pragma once

#include <cstdint>
#include <memory>

#include "tests/catalogue/row.hpp"
#include "tests/support/temp_dir.hpp"

namespace countersign::tests {

/// The server of a row: it runs as long as this lives.
class RowPeer {
public:
    virtual ~RowPeer() = default;
    virtual std::uint16_t port() const = 0;
};

/// `files`: what `Certificates` has written. In what the row gives to a program, {dir} is that
/// directory. Throws where the peer does not start, or is not known.
std::unique_ptr<RowPeer> start_peer(const Row& row, const TempDir& files);

}  // namespace countersign::tests
