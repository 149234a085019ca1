// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>A VM that has frames to send does not keep its slot for that, and sends them all the same.</summary>
public sealed class SendingParkedTests
{
    [Fact]
    public void RateLimit_OthersWaitForTheSlot_HoldsNobodyUpAndSendsTheRestLater()
    {
        // At three frames a second the ring lasts for twenty.
        const int Count = 60;
        using var kernel = new TestKernel(slotLimit: 1);
        var port = new CountingPort();
        kernel.Kernel.Switch.GatewayPort = port;
        var network = new NetworkOptions { FramesPerSecond = 3, BurstFrames = 1 };
        ulong sender = kernel.Start(_ => Sender(), network: network);
        TestKernel.WaitFor(() => port.Count >= 1, "it sends");

        Assert.Equal(2u, kernel.Run(_ => Other()).Code);

        int sent = port.Count;
        Assert.InRange(sent, 1, Count - 1);
        Assert.True(kernel.Kernel.SlotUsage.Parks >= 1);
        TestKernel.WaitFor(() => port.Count >= sent + 2, "it goes on");
        kernel.Kernel.Kill(sender);
        kernel.Observer.WaitForEnd(sender);
        Assert.Equal(Enumerable.Range(0, port.Count), port.Frames);

        static IEnumerable<EngineExit> Sender()
        {
            var nic = new NicGuest(FakeSlot.Here);
            for (int i = 0; i < Count; i++)
            {
                nic.Send(Frames.Ipv4(0, SwitchAddressing.Gateway, 10 + i));
            }

            while (true)
            {
                yield return FakeSlot.Here.Idle();
                FakeSlot.Here.Take();
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Flood_OthersWaitForTheSlot_GetIt(bool idles)
    {
        using var kernel = new TestKernel(slotLimit: 1);
        var port = new CountingPort();
        kernel.Kernel.Switch.GatewayPort = port;
        ulong sender = kernel.Start(_ => Sender(), network: new NetworkOptions());
        TestKernel.WaitFor(() => port.Count >= 100, "it sends");

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(2u, kernel.Run(_ => Other()).Code);
        }

        int sent = port.Count;
        TestKernel.WaitFor(() => port.Count >= sent + 100, "it goes on");
        kernel.Kernel.Kill(sender);
        kernel.Observer.WaitForEnd(sender);

        IEnumerable<EngineExit> Sender()
        {
            var nic = new NicGuest(FakeSlot.Here);
            byte[] frame = SwitchLimitTests.LargeFrame(0);
            FakeSlot.Here.Memory.TryWrite(0x8_0000, frame);
            while (true)
            {
                while (nic.TransmitPending < NicGuest.Entries)
                {
                    SwitchLimitTests.SendLarge(nic, frame.Length);
                }

                yield return idles
                    ? FakeSlot.Here.Idle()
                    : FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Nic);
                FakeSlot.Here.Take();
            }
        }
    }

    private static IEnumerable<EngineExit> Other()
    {
        yield return FakeSlot.Here.Terminate(2);
    }

    /// <summary>Keeps the payload lengths of the frames that it gets, from ten on.</summary>
    private sealed class CountingPort : IKernelPort
    {
        private readonly List<int> _frames = [];

        internal IReadOnlyList<int> Frames
        {
            get
            {
                lock (_frames)
                {
                    return [.. _frames];
                }
            }
        }

        internal int Count
        {
            get
            {
                lock (_frames)
                {
                    return _frames.Count;
                }
            }
        }

        public void OnRoom()
        {
        }

        public void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
        {
            lock (_frames)
            {
                _frames.Add(frame.Length - EthernetHeader.SizeBytes - Ipv4Header.SizeBytes - 10);
            }
        }
    }
}
