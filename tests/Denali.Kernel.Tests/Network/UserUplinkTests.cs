// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Denali.Engine;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>
/// What VMs ask of the host's own sockets. The name server is a socket of the test, so that nothing leaves the machine.
/// </summary>
public sealed class UserUplinkTests : IDisposable
{
    private const int LimitOfOne = 256;
    private const byte SynAck = 0x12;
    private const byte ResetAck = 0x14;
    private const int PortOffset = 34 + 2;
    private const int FlagsOffset = 34 + 13;

    private readonly TcpListener _nameServer = new(IPAddress.Loopback, 0);

    public UserUplinkTests() => _nameServer.Start(backlog: 1000);

    public void Dispose() => _nameServer.Dispose();

    [Fact]
    public void Connections_OfOneMachine_LeaveRoomForOthers()
    {
        using var kernel = new TestKernel();
        using var network = new HostNetwork(kernel.Kernel);
        using var uplink = new UserUplink(network, (IPEndPoint)_nameServer.LocalEndpoint);
        var greedy = new Answers();
        var modest = new Answers();
        var allowed = new NetworkOptions { AllowOutbound = true };

        ulong[] machines = new ulong[2];
        machines[0] = kernel.Start(slot => Guest(slot, 0, LimitOfOne + 50, greedy), network: allowed);
        TestKernel.WaitFor(() => greedy.Accepted + greedy.Refused == LimitOfOne + 50, "all of the first are answered");
        machines[1] = kernel.Start(slot => Guest(slot, 1, 1, modest), network: allowed);
        TestKernel.WaitFor(() => modest.Accepted == 1, "the other gets a connection");

        Assert.Equal(LimitOfOne, greedy.Accepted);
        Assert.Equal(50, greedy.Refused);
        Array.ForEach(machines, kernel.Kernel.Kill);
        kernel.Observer.WaitForEnds(machines);

        IEnumerable<EngineExit> Guest(FakeSlot slot, int own, int count, Answers answers)
        {
            var nic = new NicGuest(slot);
            for (int sent = 0; ; slot.Take())
            {
                while (sent < count && nic.Send(Syn(own, (ushort)(10_000 + sent), out FrameOffload offload), offload))
                {
                    sent++;
                }

                yield return slot.Idle(kernel.NowNs + 1_000_000);
                foreach ((byte[] frame, FrameOffload _) in nic.Receive())
                {
                    answers.Add(frame);
                }
            }
        }
    }

    [Fact]
    public void Connection_OfTheNextMachineAtAnAddress_OutlivesTheNewsOfTheLastOnesEnd()
    {
        using var kernel = new TestKernel();
        using var network = new HostNetwork(kernel.Kernel);
        using HostListener listener = network.Listen(53);
        IKernelPort port = network;

        // Both come while another thread is in the stack.
        network.Enter();
        var other = new System.Threading.Thread(() =>
        {
            port.OnEnded(0);
            port.Receive(Syn(0, 10_000, out FrameOffload offload), offload, machineId: 1);
        });
        other.Start();
        other.Join();
        network.Leave();

        Assert.Equal(1, network.Stack.Tcp.ConnectionCount);
        other = new System.Threading.Thread(() => port.OnEnded(0));
        other.Start();
        other.Join();
        Assert.Equal(0, network.Stack.Tcp.ConnectionCount);
    }

    [Fact]
    public void Connections_OfAMachineThatMayNotGoOut_AreRefused()
    {
        using var kernel = new TestKernel();
        using var network = new HostNetwork(kernel.Kernel);
        using var uplink = new UserUplink(network, (IPEndPoint)_nameServer.LocalEndpoint);
        var answers = new Answers();
        ulong id = kernel.Start(Guest, network: new NetworkOptions());
        kernel.Observer.WaitForEnd(id);

        Assert.Equal((0, 1), (answers.Accepted, answers.Refused));

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            var nic = new NicGuest(slot);
            nic.Send(Syn(0, 10_000, out FrameOffload offload), offload);
            while (answers.Refused + answers.Accepted == 0)
            {
                yield return slot.Idle();
                slot.Take();
                nic.Receive().ForEach(frame => answers.Add(frame.Bytes));
            }

            yield return slot.Terminate(0);
        }
    }

    /// <summary>A SYN to the gateway's name service; its checksum is left to whoever gets it.</summary>
    private static byte[] Syn(int from, ushort port, out FrameOffload offload)
    {
        byte[] segment = new byte[20];
        BinaryPrimitives.WriteUInt16BigEndian(segment, port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 53);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), port);
        segment[12] = 5 << 4;
        segment[13] = 0x02;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 65535);
        offload = new FrameOffload { IsChecksumPartial = true, ChecksumStart = 34, ChecksumOffset = 16 };
        return Frames.Ipv4(from, SwitchAddressing.Gateway, segment, IpProtocol.Tcp);
    }

    /// <summary>What came back, by the port that it came to: an answer comes again until it is acknowledged.</summary>
    private sealed class Answers
    {
        private readonly ConcurrentDictionary<ushort, byte> _flags = new();

        internal int Accepted => _flags.Count(answer => answer.Value == SynAck);

        internal int Refused => _flags.Count(answer => answer.Value == ResetAck);

        internal void Add(byte[] frame)
        {
            if (frame.Length > FlagsOffset)
            {
                _flags[BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(PortOffset))] = frame[FlagsOffset];
            }
        }
    }
}
