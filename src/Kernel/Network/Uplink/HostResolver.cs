// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;

namespace Denali.Kernel.Network;

/// <summary>The name server that the host itself uses.</summary>
internal static class HostResolver
{
    private const string Path = "/etc/resolv.conf";
    private const int DnsPort = 53;

    /// <summary>Reads the host's configuration (resolv.conf(5)).</summary>
    /// <returns>The first name server, or null if there is none.</returns>
    internal static IPEndPoint? Find() => Find(File.Exists(Path) ? File.ReadAllText(Path) : "");

    /// <summary>Finds the first name server in the text of such a file.</summary>
    internal static IPEndPoint? Find(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length >= 2 && words[0] == "nameserver" && IPAddress.TryParse(words[1], out IPAddress? address))
            {
                return new IPEndPoint(address, DnsPort);
            }
        }

        return null;
    }
}
