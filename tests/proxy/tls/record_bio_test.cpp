#include "proxy/tls/record_bio.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proxy/tls/record_channel.hpp"

namespace countersign::proxy::tls {
namespace {

/// Takes as many bytes as it has room for, until it is broken.
class NarrowChannel final : public RecordChannel {
public:
    net::IoResult receive(std::span<char>) override {
        ++receives;
        return {net::IoStatus::would_block_read, 0};
    }
    net::IoResult send(std::string_view bytes) override {
        ++sends;
        if (broken) return {net::IoStatus::failed, 0};
        const std::size_t taken = std::min(bytes.size(), room);
        if (taken == 0) return {net::IoStatus::would_block_write, 0};
        sent += bytes.substr(0, taken);
        room -= taken;
        return {net::IoStatus::ok, taken};
    }
    bool peer_closed() const override { return broken; }

    std::string sent;
    std::size_t room = 0;
    int sends = 0;
    int receives = 0;
    bool broken = false;
};

class RecordBioTest : public testing::Test {
protected:
    /// What OpenSSL is told: bytes taken, or -1.
    int write(std::string_view bytes) {
        return BIO_write(bio_.get(), bytes.data(), static_cast<int>(bytes.size()));
    }

    NarrowChannel channel_;
    RecordBio records_{channel_};
    std::unique_ptr<BIO, void (*)(BIO*)> bio_{records_.make(), [](BIO* bio) { BIO_free(bio); }};
};

TEST_F(RecordBioTest, PassesOnAtOnceWhatThereIsRoomFor) {
    channel_.room = 100;

    EXPECT_EQ(write("record"), 6);

    EXPECT_EQ(channel_.sent, "record");
    EXPECT_EQ(channel_.sends, 1);
    EXPECT_FALSE(records_.owes_output());
    EXPECT_FALSE(records_.is_blocked());
}

TEST_F(RecordBioTest, TakesARecordWholeAndKeepsTheOrder) {
    channel_.room = 3;

    EXPECT_EQ(write("record"), 6);
    EXPECT_TRUE(records_.is_blocked());
    EXPECT_EQ(write("answer"), 6) << "what a server asks for meanwhile";
    EXPECT_EQ(channel_.sent, "rec");

    while (channel_.sent.size() < 12) {
        channel_.room = 2;
        const net::IoStatus status = records_.flush();
        EXPECT_EQ(status == net::IoStatus::ok, channel_.sent.size() == 12);
    }
    EXPECT_EQ(channel_.sent, "recordanswer");
    EXPECT_FALSE(records_.owes_output());
    EXPECT_FALSE(records_.is_blocked());
}

TEST_F(RecordBioTest, HoldsNoMoreThanItsBoundAndARecord) {
    const std::string record(16 * 1024, 'x');
    std::size_t taken = 0;
    while (write(record) > 0) taken += record.size();

    EXPECT_LE(taken, (std::size_t{128} << 10) + record.size());
    EXPECT_TRUE(BIO_should_write(bio_.get()));
    channel_.room = 1'000'000;
    EXPECT_GT(write("more"), 0);
    EXPECT_EQ(channel_.sent.size(), taken + 4);
}

TEST_F(RecordBioTest, SendsTheEndOfAHandshakeWithWhatFollows) {
    channel_.room = 100;
    write("hello ");
    records_.hold_after_hello();
    write("finished ");
    records_.stop_holding();
    EXPECT_TRUE(records_.owes_output());
    EXPECT_FALSE(records_.is_blocked());

    EXPECT_EQ(write("request"), 7);

    EXPECT_EQ(channel_.sent, "hello finished request");
    EXPECT_EQ(channel_.sends, 2);
}

TEST_F(RecordBioTest, OwesNothingMoreWhereNobodyTakesIt) {
    channel_.room = 1;
    write("record");
    channel_.broken = true;

    EXPECT_EQ(records_.flush(), net::IoStatus::failed);

    EXPECT_FALSE(records_.owes_output());
    EXPECT_FALSE(records_.is_blocked());
    EXPECT_EQ(write("more"), -1);
    EXPECT_FALSE(BIO_should_retry(bio_.get()));
}

TEST_F(RecordBioTest, ReadsAFewTimesInAStepAndNoMore) {
    char byte;
    for (int step = 0; step < 2; ++step) {
        channel_.receives = 0;
        records_.begin_read();
        for (int i = 0; i < 100; ++i) BIO_read(bio_.get(), &byte, 1);
        EXPECT_EQ(channel_.receives, 4);
        EXPECT_TRUE(BIO_should_read(bio_.get()));
    }
}

}  // namespace
}  // namespace countersign::proxy::tls
