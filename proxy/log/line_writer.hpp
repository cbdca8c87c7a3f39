#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/net/unique_fd.hpp"

namespace countersign::proxy::log {

/// Writes lines to a descriptor on a thread of its own: whoever has a line never waits for who
/// reads it, be it a slow disk, a terminal that is held, or a pipe that nobody empties. What cannot
/// be kept up with is dropped and counted, to the byte: handed over = written + dropped. Only what
/// a write that hangs at the end still brings out is counted as dropped, too. Any thread.
class LineWriter {
public:
    /// Lines that wait to be written, in bytes. What comes beyond is dropped.
    static constexpr std::size_t kMaxPending = std::size_t{16} << 20;

    /// Where there is no descriptor, all lines are dropped.
    explicit LineWriter(net::UniqueFd fd);
    ~LineWriter();
    LineWriter(const LineWriter&) = delete;
    LineWriter& operator=(const LineWriter&) = delete;

    /// Takes whole lines and leaves `lines` empty, with some capacity.
    void hand_over(std::string& lines);
    /// From now on lines go there. Those that wait go to where they were meant to go, or are
    /// dropped where that takes nothing for a second.
    void go_to(net::UniqueFd fd);
    /// No more lines are meant to come: the descriptor is closed when none has for a second. Those
    /// that wait are dropped where it takes nothing for so long.
    void rest();
    void add(std::string_view line);

    std::uint64_t dropped_bytes() const;

    /// Writes what is pending; where nobody takes it, for a second at most. Returns the bytes that
    /// were dropped from the beginning to the end. What is handed over later is dropped.
    std::uint64_t finish();

private:
    struct State;
    std::shared_ptr<State> state_;  ///< outlives this where the thread hangs in a write
};

/// Makes room for all that may ever be pending: address space, and no memory before a line needs
/// it.
void reserve_for_backlog(std::string& lines);

}  // namespace countersign::proxy::log
