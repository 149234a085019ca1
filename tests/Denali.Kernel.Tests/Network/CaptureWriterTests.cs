// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Linux;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>A capture holds what went through the switch, in the format that Wireshark reads.</summary>
public sealed class CaptureWriterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-capture-").FullName;

    private string CaptureFile => Path.Combine(_folder, "capture.pcap");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Capture_OfTheSwitch_HoldsFramesAndAnswersInOrder()
    {
        using var kernel = new TestKernel();
        DateTimeOffset start = TimeProvider.System.GetUtcNow();
        byte[] question = Frames.ArpRequest(0, Frames.Addressing.Ipv4Gateway);
        byte[] frame = Frames.Ipv4(0, 0, 300);
        using (CaptureWriter capture = kernel.Kernel.Switch.StartCapture(CaptureFile))
        {
            Send(kernel, question, frame, Frames.Ipv4(7, 0, 50));
            capture.Dispose();
            Assert.Equal(0, capture.Dropped);
            Assert.Null(capture.Error);
        }

        List<(DateTimeOffset Time, byte[] Frame)> records = Read();
        Assert.Equal([question, frame], [records[0].Frame, records[2].Frame]);
        Assert.True(ArpPacket.TryParse(records[1].Frame.AsSpan(14), out ArpPacket answer));
        Assert.Equal(SwitchAddressing.GatewayMac, answer.SenderMac);
        Assert.Equal(3, records.Count);
        Assert.All(records, record => Assert.InRange(
            record.Time, start.AddSeconds(-1), TimeProvider.System.GetUtcNow().AddSeconds(1)));
        Assert.Equal(records.Select(record => record.Time).Order(), records.Select(record => record.Time));
    }

    [Fact]
    public void Capture_OfAPartialChecksum_HoldsTheWholeOne()
    {
        using var kernel = new TestKernel();
        byte[] udp = new byte[108];
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(4), 108);
        new Random(1).NextBytes(udp.AsSpan(8));
        IpAddress own = Frames.Addressing.Ipv4Of(0);
        ushort pseudo = InternetChecksum.Fold(InternetChecksum.PseudoHeader(own, own, IpProtocol.Udp, 108));
        BinaryPrimitives.WriteUInt16BigEndian(udp.AsSpan(6), pseudo);
        var offload = new FrameOffload { IsChecksumPartial = true, ChecksumStart = 34, ChecksumOffset = 6 };
        using (kernel.Kernel.Switch.StartCapture(CaptureFile))
        {
            Send(kernel, offload, Frames.Ipv4(0, 0, udp));
        }

        byte[] captured = Assert.Single(Read()).Frame;
        uint sum = InternetChecksum.Add(
            InternetChecksum.PseudoHeader(own, own, IpProtocol.Udp, 108), captured.AsSpan(34));
        Assert.Equal(InternetChecksum.Good, InternetChecksum.Fold(sum));
        Assert.Equal(udp[8..], captured[42..]);
    }

    [Fact]
    public void Capture_OfOneMachine_LeavesOutOthers()
    {
        using var kernel = new TestKernel();
        ulong idle = kernel.Start(slot => Enumerable.Repeat(slot.Idle(), 100), network: new NetworkOptions());
        using (kernel.Kernel.Switch.StartCapture(CaptureFile, idle))
        {
            Send(kernel, Frames.Ipv4(1, 1, 100), Frames.Ipv4(1, 0, 200));
        }

        kernel.Kernel.Kill(idle);
        Assert.Equal(14 + 20 + 200, Assert.Single(Read()).Frame.Length);
    }

    [Fact]
    public void Capture_Second_IsRefusedUntilTheFirstHasEnded()
    {
        using var kernel = new TestKernel();
        using (kernel.Kernel.Switch.StartCapture(CaptureFile))
        {
            Assert.Equal(
                "a capture is running already: end it first",
                Assert.Throws<KernelException>(() => kernel.Kernel.Switch.StartCapture(CaptureFile)).Message);
        }

        kernel.Kernel.Switch.StartCapture(CaptureFile).Dispose();
        Assert.Empty(Read());
    }

    [Fact]
    public void File_ThatCannotBeWritten_IsRefusedWithTheCure()
    {
        using var kernel = new TestKernel();
        string path = Path.Combine(_folder, "none", "capture.pcap");

        string message = Assert.Throws<KernelException>(() => kernel.Kernel.Switch.StartCapture(path)).Message;
        Assert.StartsWith($"the capture file '{path}' cannot be written: ", message, StringComparison.Ordinal);
        Assert.EndsWith("; choose another place", message, StringComparison.Ordinal);
        kernel.Kernel.Switch.StartCapture(CaptureFile).Dispose();
    }

    [Fact]
    public void Frames_OfTwoWorkers_StandInTheOrderOfTheirTimes()
    {
        // A worker comes late with a frame that another one's answer has overtaken.
        const ulong LaterNs = 60_000_000_000;
        byte[] first = Frames.Ipv4(0, 1, 100);
        byte[] question = Frames.Ipv4(0, 1, 200);
        byte[] answer = Frames.Ipv4(1, 0, 300);
        using (FileStream file = CaptureWriter.OpenFile(CaptureFile, out _))
        using (var capture = new CaptureWriter(file, 0, new HostClock(TestClock.TscKhz), 2, () => { }))
        {
            ulong nowNs = capture.NowNs;
            capture.Add(1, new SpanFrame(answer), default, nowNs + LaterNs + 1);
            capture.Add(0, new SpanFrame(first), default, nowNs);
            TestKernel.WaitFor(
                () => new FileInfo(CaptureFile).Length > CaptureWriter.FileHeaderBytes, "the first frame is written");
            capture.Add(0, new SpanFrame(question), default, nowNs + LaterNs);
        }

        Assert.Equal([first, question, answer], Read().Select(record => record.Frame));
    }

    [Fact]
    public void Disk_ThatFails_CostsTheCaptureOnly()
    {
        var file = new FailingStream();
        var capture = new CaptureWriter(file, 0, new HostClock(TestClock.TscKhz), 1, () => { });
        byte[] frame = Frames.Ipv4(0, 1, 100);
        TestKernel.WaitFor(
            () =>
            {
                capture.Add(0, new SpanFrame(frame), default, capture.NowNs);
                return capture.Error is not null && capture.Dropped > 0;
            },
            "the error is seen");
        capture.Dispose();

        Assert.Equal("no space left", capture.Error);
    }

    private static void Send(TestKernel kernel, params byte[][] frames) => Send(kernel, default, frames);

    private static void Send(TestKernel kernel, FrameOffload offload, params byte[][] frames)
    {
        kernel.Observer.WaitForEnd(kernel.Start(Guest, network: new NetworkOptions()));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            foreach (byte[] frame in frames)
            {
                nic.Send(frame, offload);
                yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
            }

            yield return slot.Terminate(0);
        }
    }

    /// <summary>Reads a capture as its format says, and fails on anything else.</summary>
    private List<(DateTimeOffset Time, byte[] Frame)> Read()
    {
        byte[] file = File.ReadAllBytes(CaptureFile);
        Assert.Equal([0x4D, 0x3C, 0xB2, 0xA1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0], file[..24]);
        var records = new List<(DateTimeOffset, byte[])>();
        for (int at = 24; at < file.Length;)
        {
            uint seconds = BitConverter.ToUInt32(file, at);
            uint nanoseconds = BitConverter.ToUInt32(file, at + 4);
            int bytes = BitConverter.ToInt32(file, at + 8);
            Assert.Equal(bytes, BitConverter.ToInt32(file, at + 12));
            Assert.InRange(nanoseconds, 0u, 999_999_999u);
            DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / 100);
            records.Add((time, file[(at + 16)..(at + 16 + bytes)]));
            at += 16 + bytes;
        }

        return records;
    }

    private sealed class FailingStream : MemoryStream
    {
        private bool _hasHeader;

        public override void Write(ReadOnlySpan<byte> buffer) => _hasHeader = true;

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new IOException(_hasHeader ? "no space left." : "too early");
    }
}
