// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>The pieces of all connections of a layer: made once, used again.</summary>
internal sealed class LentPiecePool
{
    private LentPiece? _free;

    /// <summary>Takes an empty piece.</summary>
    internal LentPiece Take()
    {
        LentPiece? piece = _free;
        if (piece is null)
        {
            return new LentPiece();
        }

        _free = piece.Next;
        piece.Next = null;
        return piece;
    }

    /// <summary>Gives a piece back.</summary>
    internal void Return(LentPiece piece)
    {
        piece.Lent = default;
        piece.Next = _free;
        _free = piece;
    }
}
