// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Simulation;

/// <summary>A TCP connection from one host to another, with what both owners do.</summary>
internal sealed class SimulatedConversation
{
    public SimulatedConversation(int number, SimulationPlan plan, Random random)
    {
        Number = number;
        ClientHost = random.Next(plan.HostCount);
        ServerHost = (ClientHost + random.Next(random.Next(20) == 0 ? 0 : 1, plan.HostCount)) % plan.HostCount;
        IsIpv6 = random.Next(2) == 0;
        BeginNs = plan.StartNs + (ulong)random.NextInt64(1L << plan.StaggerBits);
        Client = new SimulatedPeer(plan, random, number * 2, (number * 2) + 1);
        Server = new SimulatedPeer(plan, random, (number * 2) + 1, number * 2);

        // A connection that nobody owns is given up after a minute without progress, and slow readers take longer.
        Client.HoldsUntilClosed |= Server.ReadPauseNs > 0;
        Server.HoldsUntilClosed |= Client.ReadPauseNs > 0;
        Client.WaitsForEnd = random.Next(4) == 0;
        Server.WaitsForEnd = !Client.WaitsForEnd && random.Next(3) == 0;
    }

    public int Number { get; }

    public int ClientHost { get; }

    public int ServerHost { get; }

    public bool IsIpv6 { get; }

    public ulong BeginNs { get; }

    public bool HasBegun { get; set; }

    public SimulatedPeer Client { get; }

    public SimulatedPeer Server { get; }

    /// <summary>Both are done, or the server never heard of it and will not.</summary>
    public bool IsOver => Client.IsOver && (Server.IsOver || !Server.WasConnected);

    private bool WasRude => Client.WasRude || Server.WasRude;

    /// <summary>Checks that all was delivered, or an error reported where there was a reason for one.</summary>
    public void Check(SimulationPlan plan)
    {
        CheckDirection(Client, Server);
        CheckDirection(Server, Client);
        bool isWhole = Client.SawEnd && Server.SawEnd
            && Client.Error == NetError.None && Server.Error == NetError.None;
        if (plan.MustSucceed && !WasRude && !isWhole)
        {
            throw new InvalidOperationException($"conversation {this} failed without a reason");
        }

        bool isExplained = Client.Error != NetError.None || Server.Error != NetError.None || WasRude;
        if (!isWhole && !isExplained)
        {
            throw new InvalidOperationException($"conversation {this} is incomplete, and nobody was told");
        }
    }

    public override string ToString() =>
        $"{Number} {ClientHost}->{ServerHost} v{(IsIpv6 ? 6 : 4)} client {Describe(Client)} server {Describe(Server)}";

    private static void CheckDirection(SimulatedPeer writer, SimulatedPeer reader)
    {
        if (reader.Read > writer.Written)
        {
            throw new InvalidOperationException($"{reader.Read} bytes were read, {writer.Written} were written");
        }

        // An end comes behind all bytes, also that of an owner who closed early.
        if (reader.SawEnd && reader.Read != writer.Written)
        {
            throw new InvalidOperationException(
                $"stream {writer.WriteStream} ended in peace after {reader.Read} of {writer.Written} bytes");
        }
    }

    private static string Describe(SimulatedPeer peer) =>
        $"[wrote {peer.Written}/{peer.BytesToWrite} read {peer.Read} shut {peer.IsShut} end {peer.SawEnd} "
        + $"over {peer.IsOver} rude {peer.WasRude} error {peer.Error} state {peer.Connection?.State}]";
}
