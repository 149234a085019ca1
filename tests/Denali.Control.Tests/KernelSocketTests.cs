// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Denali.Control.Api;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Places of local sockets: who has one, and what the dead leave behind.</summary>
public sealed class KernelSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-socket-").FullName;

    private string Place => Path.Combine(_folder, "run", "a.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_OfATakenPlace_IsRefusedUntilItIsGivenUp()
    {
        using (KernelSocket first = KernelSocket.Take(Place))
        {
            Assert.Equal(Place, first.Path);
            string message = Assert.Throws<ControlException>(() => KernelSocket.Take(Place)).Message;
            Assert.Contains("--name", message, StringComparison.Ordinal);
        }

        KernelSocket.Take(Place).Dispose();
    }

    [Fact]
    public void Take_WhereADeadProcessListened_ReplacesItsSocket()
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        LeaveSocket(Place);
        Assert.True(File.Exists(Place));
        Assert.Empty(KernelSocket.FindLiving(Path.GetDirectoryName(Place)!));

        using KernelSocket taken = KernelSocket.Take(Place);

        Assert.False(File.Exists(Place));
    }

    [Fact]
    public void Take_WhereAnotherProgramListens_IsRefused()
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        using Socket other = Listen(Place);

        string message = Assert.Throws<ControlException>(() => KernelSocket.Take(Place)).Message;

        Assert.Contains("another program listens", message, StringComparison.Ordinal);
        Assert.True(File.Exists(Place));
        Assert.Equal([Place], KernelSocket.FindLiving(Path.GetDirectoryName(Place)!));
    }

    [Fact]
    public void Take_OfAFileThatIsNoSocket_LeavesIt()
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        File.WriteAllText(Place, "precious");

        string message = Assert.Throws<ControlException>(() => KernelSocket.Take(Place)).Message;

        Assert.Contains("is no socket", message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Place));
    }

    [Fact]
    public void Take_OfAPathThatCannotBe_SaysWhatCan()
    {
        string far = Path.Combine(_folder, new string('a', 100), "a.sock");
        Assert.Contains("shorter", Message(far), StringComparison.Ordinal);
        Assert.Contains("end with .sock", Message("/dev/null"), StringComparison.Ordinal);
        Assert.Contains("cannot be made", Message("/proc/none/a.sock"), StringComparison.Ordinal);

        static string Message(string path) =>
            Assert.Throws<ControlException>(() => KernelSocket.Take(path)).Message;
    }

    [Fact]
    public void FindLiving_WhereThereIsNothing_FindsNothing() =>
        Assert.Empty(KernelSocket.FindLiving(Path.Combine(_folder, "none")));

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen();
        return socket;
    }

    // Its owner removes a socket when it ends well. One that is renamed meanwhile stays.
    private static void LeaveSocket(string path)
    {
        string other = path + ".other";
        using (Socket socket = Listen(other))
        {
            File.Move(other, path);
        }

        Assert.Equal(0, Directory.GetFiles(Path.GetDirectoryName(path)!).Count(file => file == other));
    }
}
