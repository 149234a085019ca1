// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The extension headers of an IPv6 packet, walked (RFC 8200 section 4).</summary>
public struct Ipv6Extensions
{
    /// <summary>
    /// Most extension headers of one packet. Each kind makes sense once, destination options twice (RFC 8200 section
    /// 4.1); more is an attempt to make the receiver work.
    /// </summary>
    public const int MaximumHeaders = 8;

    /// <summary>What is to be done.</summary>
    public Ipv6ExtensionVerdict Verdict;

    /// <summary>What follows the extension headers.</summary>
    public IpProtocol Protocol;

    /// <summary>Where it begins, in bytes after the IPv6 header.</summary>
    public int PayloadOffset;

    /// <summary>
    /// Where the byte that names <see cref="Protocol"/> is, counted from the IPv6 header's first byte: the pointer of
    /// "parameter problem" if nobody knows that protocol.
    /// </summary>
    public int ProtocolPointer;

    /// <summary>
    /// The fragment header, if there was one: also that of an atomic fragment, which is walked through.
    /// </summary>
    public Ipv6FragmentHeader Fragment;

    /// <summary>Code of the "parameter problem".</summary>
    public Icmpv6ParameterCode ProblemCode;

    /// <summary>Pointer of the "parameter problem", counted from the IPv6 header's first byte.</summary>
    public int ProblemPointer;

    /// <summary>Walks the headers.</summary>
    /// <param name="payload">Everything after the IPv6 header, or a reassembled datagram.</param>
    /// <param name="nextHeader">What the payload begins with.</param>
    /// <param name="isReassembled">
    /// The payload is reassembled: hop-by-hop options and fragments may not be in it.
    /// </param>
    /// <param name="extensions">What was found.</param>
    /// <returns>Whether the transport follows: <see cref="Ipv6ExtensionVerdict.Transport"/>.</returns>
    public static bool TryWalk(
        ReadOnlySpan<byte> payload, IpProtocol nextHeader, bool isReassembled, out Ipv6Extensions extensions)
    {
        extensions = default;
        extensions.Protocol = nextHeader;
        extensions.ProtocolPointer = 6;
        for (int count = 0; count < MaximumHeaders; count++)
        {
            ReadOnlySpan<byte> header = payload[extensions.PayloadOffset..];
            switch (extensions.Protocol)
            {
                case IpProtocol.HopByHop when isReassembled || count != 0:
                    return extensions.Fail(Icmpv6ParameterCode.UnrecognizedNextHeader, extensions.ProtocolPointer);

                case IpProtocol.HopByHop:
                case IpProtocol.DestinationOptions:
                    if (!extensions.TrySkipOptions(header))
                    {
                        return false;
                    }

                    break;

                case IpProtocol.Routing:
                    if (!extensions.TrySkipRouting(header))
                    {
                        return false;
                    }

                    break;

                case IpProtocol.Fragment:
                    if (isReassembled || !extensions.TrySkipFragment(header))
                    {
                        return extensions.Drop();
                    }

                    if (!extensions.Fragment.IsAtomic)
                    {
                        extensions.Verdict = Ipv6ExtensionVerdict.Fragment;
                        return false;
                    }

                    break;

                default:
                    extensions.Verdict = Ipv6ExtensionVerdict.Transport;
                    return true;
            }
        }

        return extensions.Drop();
    }

    /// <summary>
    /// Skips options. The two upper bits of an unknown option's type say what becomes of the packet (RFC 8200 section
    /// 4.2). Nothing but padding is known here.
    /// </summary>
    private bool TrySkipOptions(ReadOnlySpan<byte> header)
    {
        int length = LengthOf(header);
        if (length == 0)
        {
            return Drop();
        }

        int position = 2;
        while (position < length)
        {
            byte type = header[position];
            if (type == 0)
            {
                position++;
                continue;
            }

            if (position + 2 > length || position + 2 + header[position + 1] > length)
            {
                return Drop();
            }

            if (type != 1 && type >> 6 != 0)
            {
                int pointer = Ipv6Header.SizeBytes + PayloadOffset + position;
                bool problem = Fail(Icmpv6ParameterCode.UnrecognizedOption, pointer);
                Verdict = (type >> 6) switch
                {
                    1 => Ipv6ExtensionVerdict.Drop,
                    2 => Ipv6ExtensionVerdict.ParameterProblem,
                    _ => Ipv6ExtensionVerdict.ParameterProblemUnlessMulticast,
                };
                return problem;
            }

            position += 2 + header[position + 1];
        }

        Advance(header[0], length);
        return true;
    }

    /// <summary>
    /// No routing type is known. One whose journey is over is skipped, another refused. Type 0 is no exception
    /// (RFC 5095).
    /// </summary>
    private bool TrySkipRouting(ReadOnlySpan<byte> header)
    {
        int length = LengthOf(header);
        if (length == 0)
        {
            return Drop();
        }

        if (header[3] != 0)
        {
            return Fail(Icmpv6ParameterCode.ErroneousField, Ipv6Header.SizeBytes + PayloadOffset + 2);
        }

        Advance(header[0], length);
        return true;
    }

    private bool TrySkipFragment(ReadOnlySpan<byte> header)
    {
        if (!Ipv6FragmentHeader.TryParse(header, out Fragment))
        {
            return false;
        }

        Advance(header[0], Ipv6FragmentHeader.SizeBytes);
        return true;
    }

    /// <summary>Bytes of an extension header, or 0 if it is not whole.</summary>
    private static int LengthOf(ReadOnlySpan<byte> header)
    {
        int length = header.Length < 8 ? 0 : (header[1] + 1) * 8;
        return length <= header.Length ? length : 0;
    }

    private void Advance(byte nextHeader, int length)
    {
        Protocol = (IpProtocol)nextHeader;
        ProtocolPointer = Ipv6Header.SizeBytes + PayloadOffset;
        PayloadOffset += length;
    }

    private bool Drop()
    {
        Verdict = Ipv6ExtensionVerdict.Drop;
        return false;
    }

    private bool Fail(Icmpv6ParameterCode code, int pointer)
    {
        Verdict = Ipv6ExtensionVerdict.ParameterProblem;
        ProblemCode = code;
        ProblemPointer = pointer;
        return false;
    }
}
